// What target expressions meet: structures, unions, typedefs, arrays, bit-fields, enumerations, statics.
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum color { RED, GREEN = 5, BLUE };

typedef struct {
    size_t len;
    unsigned char *data;
} str_t;

struct node;
typedef struct node node_t;
typedef int (*handler_pt)(node_t *node);

struct node {
    int id;
    str_t name;
    node_t *next;
    struct {
        int hidden;
        union {
            long as_long;
            double as_double;
            struct {
                short low;
                short high;
            };
        };
    };
    union {
        int number;
        void *pointer;
    } either;
    unsigned flag : 1;
    unsigned level : 5;
    enum color color;
    int table[4];
    node_t *children[3];
    int grid[2][3];
    handler_pt handler;
    void *opaque;
    const volatile char *label;
    struct unknown *secret;
    double ratio;
};

struct point {
    int x, y;
};

node_t *head;
static int counter;
int matrix[3][4];
struct point origin = { 1, 2 };
static struct point *moved = &origin;

static int handle(node_t *node)
{
    return node->id + counter;
}

__attribute__((noinline)) int visit(node_t *node, int depth, struct point where)
{
    int local = depth + where.x;
    node_t **cursor = &node->next;
    struct point corners[2] = { where, origin };
    for (int i = 0; i < depth; i++) {
        int inner = i * local;
        counter += inner + corners[i & 1].y;
    }
    (void)cursor;
    return node->handler ? node->handler(node) : local;
}

__attribute__((noinline)) void nothing(char *text, char **list, float ratio)
{
    if (text && list && ratio > 0)
        counter++;
}

static inline __attribute__((always_inline)) int twice(int number)
{
    return number * 2 + counter;
}

__attribute__((noinline)) int use_twice(int seed)
{
    return twice(seed) + twice(seed + 1);
}

__attribute__((noinline)) struct point make_point(int x, int y)
{
    struct point made = { x, y };
    return made;
}

__attribute__((noinline)) node_t *find(node_t *start, int id)
{
    while (start && start->id != id)
        start = start->next;
    return start;
}

static __attribute__((noinline)) unsigned long file_local(unsigned long bits)
{
    static unsigned long calls;
    return bits ^ ++calls;
}

int main(int argc, char **argv)
{
    node_t *node = calloc(1, sizeof *node);
    struct point where = make_point(argc, 2);
    node->handler = handle;
    head = node;
    nothing(argv[0], argv, 1.0f);
    printf("%d %d %lu %p\n", visit(node, argc, where), use_twice(argc), file_local(3), (void *)find(node, 0));
    moved->x = matrix[0][1];
    return 0;
}
