/*
 * Does a known number of things of which a run can lose some.
 *
 *   losing flood N   calls 'step' N times
 *   losing deep N    calls 'deep' N + 1 times, each in the other
 *   losing read N    calls 'visit' and 'spell' N times each, every second time with a pointer that leads nowhere
 *   losing fault N   has the kernel write to N pages that are not there yet
 *
 * Build: cc -g -O1 -o losing losing.c
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
	if (!strcmp(words[1], "fault")) fault(number);
	return 0;
}
