/*
 * What the recipes for any program are held against: each function is called a known number of times with known
 * values, and ends the program's work in order.
 *
 * What is read is touched first, as SystemTap reads only memory that is there already.
 *
 * Build: cc -g -O1 -fno-builtin -fno-optimize-sibling-calls -o planted planted.c
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
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

/* A file of a long path, read and written by calls with vectors and places. */
static void use_vectors(void)
{
	static char path[1200], bytes[300];
	struct iovec half = { bytes, 150 }, whole = { bytes, 300 };
	int file;

	while (strlen(path) < 850)
		strcat(path, "./././././././././././././");
	strcat(path, "planted.vectors");
	file = open(path, O_CREAT | O_TRUNC | O_RDWR, 0600);
	sink += pwritev(file, &whole, 1, 0);
	sink += pwritev2(file, &half, 1, 300, 0);
	sink += preadv(file, &half, 1, 0);
	sink += preadv2(file, &whole, 1, 0, 0);
	close(file);
	unlink(path);
	/* Two that differ in their ends alone. */
	for (int i = 0; i < 2; i++) {
		memset(path, '/', 1100);
		strcpy(path + 1100, i ? "dev/null" : "dev/zero");
		file = open(path, O_WRONLY);
		sink += write(file, bytes, 10);
		close(file);
	}
}

/* Files, signals and processes that do not live long. */
static void use_the_system(void)
{
	static char buffer[1024];
	int file = open("planted.data", O_CREAT | O_TRUNC | O_RDWR, 0600);
	int copy;

	for (int i = 0; i < 4; i++)
		sink += write(file, buffer, 1000);
	lseek(file, 0, SEEK_SET);
	for (int i = 0; i < 2; i++)
		sink += read(file, buffer, 500);
	copy = open("planted.copy", O_CREAT | O_TRUNC | O_WRONLY, 0600);
	sink += sendfile(copy, file, 0, 700);
	close(copy);
	close(file);
	unlink("planted.copy");
	unlink("planted.data");
	use_vectors();
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

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

POINT void enter(void)
{
	pthread_mutex_lock(&lock);
}

static void *enter_and_leave(void *unused)
{
	enter();
	pthread_mutex_unlock(&lock);
	return unused;
}

/* Three threads that each wait for the lock for 20 ms at least. */
static void wait_for_a_lock(void)
{
	for (int i = 0; i < 3; i++) {
		pthread_t thread;

		enter();
		pthread_create(&thread, 0, enter_and_leave, 0);
		/* The C library's mark of a lock that somebody waits for. */
		while (__atomic_load_n(&lock.__data.__lock, __ATOMIC_SEQ_CST) != 2)
			usleep(1000);
		usleep(20000);
		pthread_mutex_unlock(&lock);
		pthread_join(thread, 0);
	}
}

static void find_address(const char *name)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM };
	struct addrinfo *found;

	if (getaddrinfo(name, "80", &hints, &found) == 0)
		freeaddrinfo(found);
}

static void open_connection(struct sockaddr_in *server, int flags)
{
	int file = socket(AF_INET, SOCK_STREAM | flags, 0);
	struct pollfd writable = { file, POLLOUT, 0 };

	if (connect(file, (struct sockaddr *)server, sizeof *server) < 0 && errno == EINPROGRESS)
		poll(&writable, 1, 5000);
	close(file);
}

/* Names that are looked up, connections that are made, and one that is refused. */
static void use_the_network(void)
{
	struct sockaddr_in server = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t size = sizeof server;
	int file = socket(AF_INET, SOCK_STREAM, 0);

	find_address("127.0.0.1");
	find_address("127.0.0.1");
	find_address("no address");
	bind(file, (struct sockaddr *)&server, sizeof server);
	getsockname(file, (struct sockaddr *)&server, &size);
	listen(file, 16);
	open_connection(&server, 0);
	open_connection(&server, SOCK_NONBLOCK);
	close(file);
	open_connection(&server, 0);
}

int main(void)
{
	struct event event = { &nodes[1], 1 };
	int limits[] = { 111, 112, 113 };

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
	for (int i = 0; i < 3; i++) {
		decide(&limits[i]);
		printf("limit %d\n", limits[i]);
	}
	root();
	use_the_system();
	wait_for_a_lock();
	use_the_network();
	return 0;
}
