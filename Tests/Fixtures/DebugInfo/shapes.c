/* Variables of every kind of type, in functions that gcc inlines, splits, or leaves alone; run, it prints
   where each member lies, so that offsets are judged by the compiler. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include "hidden.h"

typedef struct {
    int plain;
    union {
        long number;
        struct { char first, second; };
    };
    unsigned small : 3, : 2, wide : 20;
    signed long long big : 40;
} packed_t;

struct node {
    struct node *next;
    packed_t packed;
    const char *const name;
    int grid[4][2];
    int (*visit)(struct node *, int, ...);
    enum color { RED, GREEN = 7, BLUE = -1 } color;
    struct hidden *hidden;
    volatile unsigned char flags[];
};

static int counter;
int shared = 5;
static const struct node *roots[3];

static inline int triple(int value) {
    int result = value * 3;
    return result + counter;
}

static __attribute__((noinline)) int walk(struct node *node, int depth, packed_t packed) {
    static int calls;
    int limit = depth + 1;
    calls++;
    for (int i = 0; i < limit; i++) {
        int step = triple(i);
        counter += step;
    }
    return node ? node->packed.plain + limit + packed.plain : calls;
}

__attribute__((noinline)) int never_reads(int used, int unused) {
    int constant = 42;
    return used + constant;
}

__attribute__((noinline)) double floats(float single, double twice, long double *widest) {
    return single + twice + (widest ? (double)*widest : 0);
}

__attribute__((noinline)) void nothing(void) { counter++; }

__attribute__((noinline, weak, visibility("default"))) int weak_one(unsigned long long big, _Bool flag) {
    return big != 0 && flag;
}
extern int other_name(unsigned long long, _Bool) __attribute__((alias("weak_one")));

int main(int argc, char **argv) {
    struct node node = {.name = "n", .visit = NULL};
    struct hidden *hidden = make_hidden(argc);
    void *untyped = argv;
    node.hidden = hidden;
    node.packed.plain = argc;
    roots[0] = &node;
#define OFFSET(type, member) printf("%s %zu\n", #member, offsetof(type, member))
    OFFSET(struct node, next);
    OFFSET(struct node, packed);
    OFFSET(struct node, name);
    OFFSET(struct node, grid);
    OFFSET(struct node, visit);
    OFFSET(struct node, color);
    OFFSET(struct node, hidden);
    OFFSET(struct node, flags);
    OFFSET(packed_t, plain);
    OFFSET(packed_t, number);
    OFFSET(packed_t, first);
    OFFSET(packed_t, second);
    printf("size %zu %zu\n", sizeof(struct node), sizeof(packed_t));
    nothing();
    long double wide = 1;
    return untyped == NULL || walk(&node, argc, node.packed) + triple(argc) + never_reads(argc, 2)
        + (int)floats(1, 2, &wide) + other_name(argc, 1) == 0;
}
