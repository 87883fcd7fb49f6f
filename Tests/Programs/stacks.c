/* A program with stacks of all kinds; the first argument says which, and a trap stops it there. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define KEPT __attribute__((noinline, noclone))
volatile int sink;
int shared_counter;

static void trap(void) {
#if defined(__x86_64__)
    __asm__ volatile("int3");
#else
    __asm__ volatile("brk #0");
#endif
}

KEPT void innermost(int a) { trap(); sink += a; }
KEPT int second(int a, int b) { innermost(a + b); return sink + b; }
KEPT int third(int a) {
    char local[200];
    memset(local, a, sizeof local);
    int c = second(local[3], a);
    return c + local[c & 127];
}
/* An array whose size is known at run time: the frame is found by another register than the stack pointer. */
KEPT int varying(int n) {
    char local[n];
    memset(local, n, sizeof local);
    return third(local[n / 2]) + local[n / 3];
}
/* The stack is aligned anew. */
KEPT int aligned(int n) {
    int local[64] __attribute__((aligned(64)));
    memset(local, n, sizeof local);
    sink += local[n & 7];
    return varying(n + local[5] % 3) + local[n & 63];
}
KEPT int recursive(int n) { return n == 0 ? aligned(90) : recursive(n - 1) + sink + 1; }

static int compare(const void *left, const void *right) {
    static int calls;
    if (++calls == 5) innermost(calls);
    return *(const int *)left - *(const int *)right;
}
KEPT int sorting(void) {
    int numbers[] = {3, 1, 4, 1, 5, 9, 2, 6};
    qsort(numbers, 8, sizeof numbers[0], compare);
    return numbers[0];
}

static void handler(int signal) { innermost(signal); }
KEPT int faulting(volatile int *address, int value) {
    int kept = value * sink + 7;
    *address = kept;
    return kept + *address;
}
KEPT int raising(void) {
    raise(SIGUSR1);
    return ++sink;
}

KEPT __attribute__((noreturn)) void never(int a) {
    innermost(a);
    for (;;) pause();
}
KEPT int calls_never(int a) {
    if (a > 0) never(a);
    return sink;
}

static void *thread(void *argument) {
    sink += second(*(int *)argument, 2);
    return NULL;
}

int callback_from_library(int a) { return second(a, 5); }

int main(int argc, char **argv) {
    const char *kind = argc > 1 ? argv[1] : "deep";
    struct sigaction action = {.sa_handler = handler};
    if (!strcmp(kind, "deep")) return aligned(argc + 90);
    if (!strcmp(kind, "recursive")) return recursive(argc > 2 ? atoi(argv[2]) : 100);
    if (!strcmp(kind, "qsort")) return sorting();
    if (!strcmp(kind, "never")) return calls_never(argc);
    if (!strcmp(kind, "fault")) {
        sigaction(SIGSEGV, &action, NULL);
        return faulting(NULL, argc);
    }
    if (!strcmp(kind, "raise")) {
        sigaction(SIGUSR1, &action, NULL);
        return raising();
    }
    if (!strcmp(kind, "other-stack")) {
        stack_t stack = {.ss_sp = malloc(65536), .ss_size = 65536};
        sigaltstack(&stack, NULL);
        action.sa_flags = SA_ONSTACK;
        sigaction(SIGSEGV, &action, NULL);
        return faulting(NULL, argc);
    }
    if (!strcmp(kind, "thread")) {
        pthread_t other;
        pthread_create(&other, NULL, thread, &argc);
        pthread_join(other, NULL);
    }
    /* Stepped through, instruction by instruction: through linkage tables, the dynamic loader, libc and the vdso. */
    if (!strcmp(kind, "steps")) {
        char text[64];
        struct timespec now;
        trap();
        clock_gettime(CLOCK_MONOTONIC, &now);
        snprintf(text, sizeof text, "%d %s %.3f", argc, kind, 1.5 * argc);
        sink = aligned(atoi(text) + sorting());
    }
#ifndef STATIC
    if (!strcmp(kind, "dlopen")) {
        trap(); /* before it is loaded */
        void *library = dlopen(argv[2], RTLD_NOW);
        int (*call)(int (*)(int), int) = (int (*)(int (*)(int), int))dlsym(library, "call_back");
        return call(callback_from_library, argc);
    }
#endif
    return 0;
}
