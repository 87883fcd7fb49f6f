/* What the benchmarks of the built-in engine trace. The first argument says how it is called. */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define KEPT __attribute__((noinline, noclone, aligned(64)))

static volatile long sink;

static uint64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000ull + time.tv_nsec;
}

/* Three functions that differ in nothing but their names; they begin with a push, as functions do. */
#define HIT(name) \
    KEPT void name(long number, long other, const char *word) \
    { __asm__ volatile("" : : "r"(number), "r"(other), "r"(word) : "rbx", "memory"); }
HIT(hit_bare)
HIT(hit_ours)
HIT(hit_theirs)

/* "once": the time of the only call. */
static int once(void)
{
    printf("%llu\n", (unsigned long long) now());
    hit_ours(-1, 0, "first");
    return 0;
}

/* "turns": for each line "FUNCTION CALLS", the nanoseconds of a call. */
static int turns(void)
{
    char name[32];
    long calls;
    while (scanf("%31s %ld", name, &calls) == 2) {
        void (*hit)(long, long, const char *) =
            strcmp(name, "ours") == 0 ? hit_ours : strcmp(name, "theirs") == 0 ? hit_theirs : hit_bare;
        uint64_t start = now();
        for (long i = 0; i < calls; i++) hit(i, i * 3, "word");
        printf("%.2f\n", (double) (now() - start) / calls);
        fflush(stdout);
    }
    return 0;
}

/* Does something so often a second, evenly to the millisecond; prints the calls and the nanoseconds that they took. */
static int paced(long rate, double seconds, void (*work)(long))
{
    long calls = (long) (rate * seconds);
    uint64_t start = now();
    for (long i = 0; i < calls; i++) {
        if (i % (rate / 1000) == 0)
            while (now() < start + (uint64_t) (i * 1e9 / rate)) continue;
        work(i);
    }
    printf("%ld %llu\n", calls, (unsigned long long) (now() - start));
    return 0;
}

static void record(long number)
{
    static const char *const words[] = {"GET", "PUT", "POST", "HEAD", "DELETE"};
    hit_ours(500 + number % 5, number % 40, words[number % 5]);
}

/* A stack whose way is the bits of a number: ten frames, each of one of four functions, which keep locals. */
static void (*const ways[4])(unsigned long, int);
#define FRAME(name, size) \
    static KEPT void name(unsigned long way, int depth) \
    { \
        volatile char local[size]; \
        local[0] = (char) way; \
        if (depth == 0) hit_ours((long) way, depth, "stack"); \
        else ways[way & 3](way >> 2, depth - 1); \
        sink += local[0]; \
    }
FRAME(north, 24)
FRAME(east, 56)
FRAME(south, 120)
FRAME(west, 8)
static void (*const ways[4])(unsigned long, int) = {north, east, south, west};

/* Each of a million ways once in its turn. */
static void different(long number) { north((unsigned long) number * 2654435761u & 0xFFFFF, 10); }
/* The same ways again, but for every twentieth. */
static void repeating(long number)
{
    if (number % 20 == 0) different(number / 20);
    else north(0xA5A50 + (unsigned) number % 19, 10);
}

/* "mallocs": for each line "CALLS", the nanoseconds of a malloc and its free. */
static int mallocs(void)
{
    long calls;
    while (scanf("%ld", &calls) == 1) {
        uint64_t start = now();
        for (long i = 0; i < calls; i++) {
            char *volatile block = malloc(16 + i % 64);
            free(block);
        }
        printf("%.2f\n", (double) (now() - start) / calls);
        fflush(stdout);
    }
    return 0;
}

int main(int count, char **words)
{
    const char *mode = count > 1 ? words[1] : "";
    long rate = count > 2 ? atol(words[2]) : 0;
    double seconds = count > 3 ? atof(words[3]) : 0;
    if (strcmp(mode, "once") == 0) return once();
    if (strcmp(mode, "turns") == 0) return turns();
    if (strcmp(mode, "mallocs") == 0) return mallocs();
    if (strcmp(mode, "records") == 0) return paced(rate, seconds, record);
    if (strcmp(mode, "repeating") == 0) return paced(rate, seconds, repeating);
    if (strcmp(mode, "different") == 0) return paced(rate, seconds, different);
    return 2;
}
