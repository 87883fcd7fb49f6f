// What the optimizer takes away: unused parameters, values without a place, inlined functions.
#include <stdio.h>
#include <stdlib.h>

struct request {
    int status;
    struct request *parent;
};

volatile int sink;

static int scale(int number, int unused)
{
    return number * 3;
}

__attribute__((noinline)) int finalize(struct request *r, int rc)
{
    int gone = rc * 7;
    int kept = scale(rc, 4);
    sink = kept;
    if (r->parent)
        sink = r->parent->status;
    return rc > 300 ? r->status : kept;
}

__attribute__((noinline)) static int partial(struct request *r, int ignored)
{
    sink = r->status;
    return sink + 1;
}

int main(int argc, char **argv)
{
    struct request *r = calloc(1, sizeof *r);
    r->status = argc;
    return finalize(r, 500 + argc) + partial(r, 1) + partial(r, 2);
}
