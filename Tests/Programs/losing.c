/*
 * Does a known number of things of which a run can lose some.
 *
 *   losing flood N   calls 'step' N times
 *   losing deep N    calls 'deep' N + 1 times, each in the other
 *   losing read N    calls 'visit' and 'spell' N times each, every second time with a pointer that leads nowhere
 *   losing heap N    takes, grows and gives back 4 N blocks, and takes 10 blocks more of 64 bytes that it keeps; after a
 *                    pause, in which all can be read that was told, it frees one twice
 *   losing fault N   has the kernel write to N pages that are not there yet
 *
 * Build: cc -g -O1 -fno-builtin -o losing losing.c
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define POINT __attribute__((noinline, noclone))

struct node {
	int value;
};

POINT void step(long number) { __asm__ volatile("" : : "r"(number) : "memory"); }

POINT long deep(long depth)
{
	if (depth > 0) depth = deep(depth - 1);
	__asm__ volatile("" : "+r"(depth) : : "memory");
	return depth;
}

POINT void visit(struct node *node) { __asm__ volatile("" : : "r"(node) : "memory"); }

POINT void spell(const char *text) { __asm__ volatile("" : : "r"(text) : "memory"); }

static void fault(long count)
{
	long size = sysconf(_SC_PAGESIZE);
	char *pages = mmap(0, count * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int zeros = open("/dev/zero", O_RDONLY);
	madvise(pages, count * size, MADV_NOHUGEPAGE);
	for (long i = 0; i < count; i++)
		if (read(zeros, pages + i * size, 1) != 1) exit(1);
}

POINT void *keep(void)
{
	void *block = malloc(64);
	__asm__ volatile("" : : "r"(block) : "memory");
	return block;
}

POINT void give_back(void *block) { free(block); }

POINT void use_heap(long count)
{
	for (long i = 0; i < count; i++) {
		for (int j = 0; j < 4; j++) {
			void *block = malloc((i + j) % 512 + 1);
			__asm__ volatile("" : : "r"(block) : "memory");
			block = realloc(block, (i + j) % 700 + 1);
			give_back(block);
		}
		if (i % (count / 10) == 0) keep();
	}
	sleep(2);
	void *block = malloc(1000);
	give_back(block);
	give_back(block);
}

int main(int count, char **words)
{
	if (count < 3) return 2;
	long number = atol(words[2]);
	struct node node = { 7 };
	if (!strcmp(words[1], "flood"))
		for (long i = 0; i < number; i++) step(i);
	if (!strcmp(words[1], "deep")) deep(number);
	if (!strcmp(words[1], "read"))
		for (long i = 0; i < number; i++) {
			visit(i % 2 ? 0 : &node);
			spell(i % 2 ? (const char *)16 : "word");
		}
	if (!strcmp(words[1], "heap")) use_heap(number);
	if (!strcmp(words[1], "fault")) fault(number);
	return 0;
}
