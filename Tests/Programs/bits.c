// A structure with bit-fields.
struct flags {
    void *owner;
    unsigned first : 1;
    unsigned second : 3;
};

__attribute__((noinline)) void visit(struct flags *flags) { __asm__ volatile("" ::"r"(flags) : "memory"); }

int main(void)
{
    struct flags flags = {0, 1, 5};
    visit(&flags);
    return 0;
}
