// What C++ brings to target expressions: namespaces, bases, references, templates, static members.
#include <cstdio>

namespace store {

struct Base {
    int kind;
    long stamp;
};

struct Named : Base {
    const char *name;
    union {
        int number;
        float ratio;
    };
};

template <typename T> struct Box {
    T value;
    Box *next;
};

class Shelf : public Named {
  public:
    explicit Shelf(const char *label) : count(0) { name = label; kind = 1; stamp = 2; number = 3; }
    int add(const Named &item, Box<int> &box, int &&extra);
    static int total;

  private:
    int count;
    unsigned open : 1;
    Box<Named *> slots[4];
    enum class State { empty, full } state = State::empty;
};

int Shelf::total = 0;
static int visits;
int limit = 7;

__attribute__((noinline)) int Shelf::add(const Named &item, Box<int> &box, int &&extra)
{
    total += item.kind + box.value + extra;
    count++;
    visits++;
    return total;
}

namespace inner {
int depth = 3;
__attribute__((noinline)) int measure(Shelf *shelf, Box<Box<int>> *nested)
{
    return shelf->kind + nested->value.value + depth;
}
} // namespace inner
} // namespace store

int main()
{
    store::Shelf shelf("top");
    store::Named item;
    item.kind = 4;
    store::Box<int> box = { 5, nullptr };
    store::Box<store::Box<int>> nested = { box, nullptr };
    printf("%d\n", shelf.add(item, box, 6) + store::inner::measure(&shelf, &nested) + store::limit);
    return 0;
}
