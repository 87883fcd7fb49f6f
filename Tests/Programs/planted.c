/*
 * What the recipes for any program are held against: each function is called a known number of times with known
 * values, and ends the program's work in order.
 *
 * What is read is touched first, as SystemTap reads only memory that is there already.
 *
 * Build: cc -g -O1 -fno-builtin -fno-optimize-sibling-calls -o planted planted.c
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define POINT __attribute__((noinline, noclone))

struct text {
	long length;
	const char *data;
};

struct node {
	int value;
	struct text name;
	struct node *next;
	int (*handler)(int);
};

struct event {
	void *data;
	int ready;
};

/* Keeps results where the compiler cannot see that nobody wants them. */
static volatile long sink;

/* Counts the rounds of main. */
static int rounds;

struct node *first;

POINT int twice(int value)
{
	return value * 2;
}

POINT int thrice(int value)
{
	return value * 3;
}

static struct node nodes[3] = {
	{ 10, { 3, "one and what stands behind" }, &nodes[1], twice },
	{ 20, { 3, "two" }, &nodes[2], thrice },
	{ 30, { 5, "three" }, 0, twice },
};

/* Members, whole structures, texts, lists, functions by pointer. */
POINT int visit(struct node *node)
{
	sink += node->value;
	return node->handler(node->value);
}

/* A void pointer to a node. */
POINT void handle(struct event *event)
{
	sink += event->ready + ((struct node *)event->data)->value;
}

/* A pointer to a pointer. */
POINT void replace(struct node **place)
{
	sink += (*place)->value;
}

/* Six arguments and a text. */
POINT long arguments(const char *text, long b, long c, long d, long e, long f)
{
	sink += (long)text + b + c + d + e + f;
	return f;
}

/* A choice of lines: the line of "odd" is executed for odd numbers alone. */
POINT int choose(int number)
{
	if (number % 2) {
		sink += number; /* odd */
		return 1;
	}
	sink -= number; /* even */
	return 0;
}

/* A value in memory, which a script may change. */
POINT void decide(int *limit)
{
	sink += *limit;
}

POINT void leaf(int depth)
{
	sink += depth;
}

POINT void branch(int depth)
{
	leaf(depth);
	leaf(depth + 1);
}

POINT void root(void)
{
	branch(1);
	branch(3);
}

/* Files, signals and processes that do not live long. */
static void use_the_system(void)
{
	static char buffer[1024];
	int file = open("planted.data", O_CREAT | O_TRUNC | O_RDWR, 0600);

	for (int i = 0; i < 4; i++)
		sink += write(file, buffer, 1000);
	lseek(file, 0, SEEK_SET);
	for (int i = 0; i < 2; i++)
		sink += read(file, buffer, 500);
	close(file);
	unlink("planted.data");
	signal(SIGUSR1, SIG_IGN);
	for (int i = 0; i < 3; i++)
		kill(getpid(), SIGUSR1);
	for (int i = 0; i < 2; i++) {
		pid_t child = fork();

		if (child == 0) {
			execl("/bin/true", "true", (char *)0);
			_exit(127);
		}
		while (waitpid(child, 0, 0) < 0 && errno == EINTR)
			;
	}
}

int main(void)
{
	struct event event = { &nodes[1], 1 };
	int limit = 111;

	for (int i = 0; i < 3; i++)
		sink += nodes[i].value + (long)strlen(nodes[i].name.data);
	first = nodes;
	for (int i = 0; i < 5; i++) {
		rounds++;
		sink += choose(i);
		sink += visit(&nodes[i % 3]);
	}
	handle(&event);
	replace(&first);
	sink += arguments("a text", 2, 3, 4, 5, -6);
	decide(&limit);
	printf("limit %d\n", limit);
	root();
	use_the_system();
	return 0;
}
