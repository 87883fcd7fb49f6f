/*
 * A program with planted faults, for the recipes to find.  What is planted is known exactly and written to
 * FILE (stdout where none is given), a line a fact, so that a test can hold a recipe's summary against it:
 *
 *   victim leaks [FILE]          "leak SITE COUNT BYTES" for each site that loses memory
 *   victim double-free [FILE]    "double-free ADDRESS SECOND-SITE FIRST-SITE"
 *   victim forks [FILE]          "fork PARENT-PID CHILD-PID PARENT-COMM" for each fork, in order
 *   victim forever [FILE]        "pid PID", then leaks 7 blocks of 48 bytes ten times a second until killed
 *   victim churn COUNT [FILE]    "churned COUNT": malloc and free COUNT times, to measure what a probe costs
 *
 * Build: cc -g -O1 -fno-builtin -fno-optimize-sibling-calls -pthread -o victim victim.c
 */
#define _GNU_SOURCE
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define SITE __attribute__((noinline, noclone))

/* Keeps an address where the compiler cannot see that it is never used. */
static void *volatile sink;

static void fail(const char *what)
{
	perror(what);
	exit(2);
}

/* ---- leaks ---- */

/* The counters are volatile, so that no compiler makes several sites of one by unrolling its loop. */

SITE static void leak_small(void)
{
	for (volatile int i = 0; i < 7; i++)
		sink = malloc(48);
}

SITE static void leak_calloc(void)
{
	for (volatile int i = 0; i < 3; i++)
		sink = calloc(10, 100);
}

/* The block that leaks is what realloc made of the first one: one leak of 5000 bytes, not two. */
SITE static void leak_grown(void)
{
	for (volatile int i = 0; i < 2; i++)
		sink = realloc(malloc(100), 5000);
}

/* A block that realloc makes of nothing, by way of malloc. */
SITE static void leak_anew(void)
{
	for (volatile int i = 0; i < 4; i++) {
		sink = realloc(NULL, 30);
		sink = reallocarray(NULL, 10, 7);
	}
}

SITE static void leak_aligned(void)
{
	void *block;

	sink = aligned_alloc(64, 256);
	sink = memalign(128, 640);
	if (posix_memalign(&block, 256, 1280) != 0)
		fail("posix_memalign");
	sink = block;
}

SITE static void leak_in_thread(void)
{
	for (volatile int i = 0; i < 5; i++)
		sink = malloc(64);
}

static void *thread_main(void *block)
{
	leak_in_thread();
	free(block); /* allocated by the main thread */
	return malloc(333); /* freed by the main thread */
}

/* Everything here is given back: none of it may be reported. */
SITE static void no_leak(void)
{
	void *blocks[64];

	for (int i = 0; i < 64; i++)
		blocks[i] = malloc(16 + 8 * i);
	for (int i = 0; i < 64; i += 2)
		blocks[i] = realloc(blocks[i], 4096 + i); /* grows, mostly moves */
	for (int i = 0; i < 64; i++)
		free(blocks[i]);
	free(NULL);
	free(realloc(NULL, 77));
	/* realloc to nothing frees, and returns NULL. */
	if (realloc(malloc(10), 0) != NULL)
		fail("realloc to nothing");
	/* A failing realloc leaves the block alone. */
	void *block = malloc(20);
	if (realloc(block, (size_t)1 << 62) != NULL)
		fail("realloc of everything");
	free(block);
	free(calloc(3, 5));
	free(aligned_alloc(32, 96));
}

static void leaks(void)
{
	pthread_t threads[2];
	void *result;

	no_leak();
	leak_small();
	leak_calloc();
	leak_grown();
	leak_anew();
	leak_aligned();
	for (int i = 0; i < 2; i++)
		if (pthread_create(&threads[i], NULL, thread_main, malloc(222)) != 0)
			fail("pthread_create");
	for (int i = 0; i < 2; i++) {
		pthread_join(threads[i], &result);
		free(result);
	}
	no_leak();
	puts("leak leak_small 7 336");
	puts("leak leak_calloc 3 3000");
	puts("leak leak_grown 2 10000");
	puts("leak leak_anew 8 400");
	puts("leak leak_aligned 3 2176");
	puts("leak leak_in_thread 10 640");
}

/* ---- double free ---- */

SITE static void first_release(void *block)
{
	free(block);
}

SITE static void second_release(void *block)
{
	free(block);
}

/*
 * glibc aborts on most double frees.  This one it does not notice: with the thread's cache for this size full,
 * blocks go to a fast bin, where only the bin's newest block is compared with the one being freed.
 */
static void double_free(void)
{
	enum { cached = 7, size = 40 };
	void *filler[cached];
	void *block, *other;

	for (int i = 0; i < cached; i++)
		filler[i] = malloc(size);
	block = malloc(size);
	other = malloc(size);
	for (int i = 0; i < cached; i++)
		free(filler[i]);
	printf("double-free %p second_release first_release\n", block);
	first_release(block);
	free(other);
	second_release(block);
}

/* ---- forks ---- */

struct shape {
	const char *name;
	const struct shape *children[3];
};

static const struct shape leaf_a1 = { "leaf-a1", { 0 } };
static const struct shape leaf_a2 = { "leaf-a2", { 0 } };
static const struct shape leaf_b = { "leaf-b", { 0 } };
static const struct shape middle_b = { "middle-b", { &leaf_b } };
static const struct shape branch_a = { "branch-a", { &leaf_a1, &leaf_a2 } };
static const struct shape branch_b = { "branch-b", { &middle_b } };
static const struct shape root = { "root of all", { &branch_a, &branch_b } };

/* Forks one child at a time and waits for it, so that the order is always the same. */
static void grow(const struct shape *self)
{
	prctl(PR_SET_NAME, self->name);
	for (int i = 0; self->children[i]; i++) {
		/* The child waits until its parent has printed. */
		int gate[2];
		char byte;
		if (pipe(gate) != 0)
			fail("pipe");
		fflush(stdout);
		pid_t child = fork();
		if (child < 0)
			fail("fork");
		if (child == 0) {
			close(gate[1]);
			if (read(gate[0], &byte, 1) < 0)
				fail("read");
			close(gate[0]);
			grow(self->children[i]);
			fflush(stdout);
			_exit(0);
		}
		printf("fork %d %d %s\n", getpid(), child, self->name);
		fflush(stdout);
		close(gate[0]);
		close(gate[1]);
		if (waitpid(child, NULL, 0) != child)
			fail("waitpid");
	}
}

static void *idle(void *argument)
{
	return argument;
}

static void forks(void)
{
	pthread_t thread;

	/* A new thread is no new process. */
	if (pthread_create(&thread, NULL, idle, NULL) != 0)
		fail("pthread_create");
	pthread_join(thread, NULL);
	grow(&root);
}

/* ---- for ever ---- */

static void forever(void)
{
	printf("pid %d\n", getpid());
	fflush(stdout);
	for (;;) {
		sink = malloc(32);
		free(sink);
		leak_small();
		usleep(100000);
	}
}

static void churn(long count)
{
	for (long i = 0; i < count; i++) {
		sink = malloc(32);
		free(sink);
	}
	printf("churned %ld\n", count);
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	int file = strcmp(mode, "churn") ? 2 : 3;

	if (argc > file && !freopen(argv[file], "w", stdout))
		fail(argv[file]);
	if (!strcmp(mode, "leaks"))
		leaks();
	else if (!strcmp(mode, "double-free"))
		double_free();
	else if (!strcmp(mode, "forks"))
		forks();
	else if (!strcmp(mode, "forever"))
		forever();
	else if (!strcmp(mode, "churn") && argc > 2)
		churn(atol(argv[2]));
	else {
		fputs("usage: victim leaks|double-free|forks|forever|churn COUNT [FILE]\n", stderr);
		return 2;
	}
	return 0;
}
