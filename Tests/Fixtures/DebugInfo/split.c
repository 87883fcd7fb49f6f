/* Functions that gcc splits into a hot part and a cold one elsewhere (`.cold`, DW_AT_ranges), with variables that live
   in one part or in both, and one that it inlines into a cold part. With -mfentry some of them (`asked`) have a place
   only behind the call of __fentry__, which takes five bytes with -fno-pie. */
#include <stdio.h>
#include <stdlib.h>

struct order {
    int number;
    const char *item;
    struct order *next;
};

volatile int failures;

__attribute__((cold, noinline)) static void complain(const char *what, int number)
{
    fprintf(stderr, "%s %d\n", what, number);
    failures++;
}

static inline int apology(struct order *order, int worth)
{
    int due = worth * order->number;
    complain("sorry for", due);
    return due;
}

__attribute__((noinline)) int ship(struct order *order, int stock)
{
    asm volatile("" ::: "memory");
    struct order *asked = order;
    int shelf = stock;
    int left = stock - asked->number;
    if (__builtin_expect(left < 0, 0)) {
        int missing = -left;
        complain("out of stock", missing);
        if (apology(order, missing) > 1000) abort();
        return missing;
    }
    failures += left + shelf;
    return left;
}

__attribute__((noinline)) static long total(struct order *first, long sum)
{
    for (struct order *order = first; order; order = order->next) {
        long before = sum;
        sum += order->number;
        if (__builtin_expect(sum < before, 0)) {
            complain("overflow at", order->number);
            exit(ship(order, (int)before));
        }
    }
    return sum;
}

/* Its first block is the unlikely one. */
__attribute__((noinline)) int inspect(struct order *order)
{
    if (__builtin_expect(!order->item, 0)) {
        const char *item = order->next ? order->next->item : "nothing";
        complain(item, order->number);
        abort();
    }
    return order->item[0];
}

int main(int count, char **words)
{
    struct order second = {count, words[0], NULL};
    struct order first = {count * 2, "lamp", &second};
    return ship(&first, 100) + (int)total(&first, count) + inspect(&second);
}
