/*
 * Processes and threads whose beginnings and ends are not the plain ones.
 *
 *   family leader    a child whose first thread ends at once; another ends the process after 0.3 s, with code 7
 *   family exec      a child of which a second thread starts "sleep 0.3"
 *   family orphan    3 children that end at once, each leaving one that ends after 0.1 s, with code 3
 *   family workers   2 children that call work() 30 times each, and this process none
 *   family atomic    10 calls of a function whose first instruction takes no probe, and 10 of work()
 *   family busy      calls work() until it is killed
 *   family timers    5 signals SIGALRM of an interval timer, 4 SIGUSR2 of another timer, and 1 SIGUSR2 of its own
 *
 * Build: cc -g -O1 -pthread -o family family.c
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile int sink;

__attribute__((noinline, noclone)) void work(int round)
{
	sink += round;
}

static long sum;

/* Its first instruction is "lock add". */
__attribute__((noinline, noclone)) void add_atomically(void)
{
	__atomic_fetch_add(&sum, 1, __ATOMIC_SEQ_CST);
}

static void atomic(void)
{
	for (int i = 0; i < 10; i++) {
		add_atomically();
		work(i);
	}
}

static void busy(void)
{
	for (;;)
		work(1);
}

static void *end_later(void *none)
{
	usleep(300000);
	exit(7);
	return none;
}

static void *start_sleep(void *none)
{
	usleep(10000);
	execlp("sleep", "sleep", "0.3", NULL);
	return none;
}

static void thread(void *(*body)(void *))
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, body, NULL) != 0)
		exit(2);
}

static void leader(void)
{
	thread(end_later);
	pthread_exit(NULL);
}

static void other_program(void)
{
	thread(start_sleep);
	for (;;)
		pause();
}

static void orphan(void)
{
	if (fork() == 0) {
		usleep(100000);
		_exit(3);
	}
	_exit(0);
}

static void worker(void)
{
	for (int i = 0; i < 30; i++)
		work(i);
	_exit(0);
}

static void children(int count, void (*body)(void))
{
	for (int i = 0; i < count; i++)
		if (fork() == 0)
			body();
	while (wait(NULL) > 0)
		continue;
}

static volatile sig_atomic_t alarms, ticks;

static void count(int number)
{
	if (number == SIGALRM)
		alarms++;
	else
		ticks++;
}

static void timers(void)
{
	struct itimerval often = { { 0, 10000 }, { 0, 10000 } }, never = { { 0, 0 }, { 0, 0 } };
	struct itimerspec ticking = { { 0, 10000000 }, { 0, 10000000 } };
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR2 };
	timer_t timer;

	signal(SIGALRM, count);
	signal(SIGUSR2, count);
	setitimer(ITIMER_REAL, &often, NULL);
	while (alarms < 5)
		pause();
	setitimer(ITIMER_REAL, &never, NULL);
	if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0)
		exit(2);
	timer_settime(timer, 0, &ticking, NULL);
	while (ticks < 4)
		pause();
	timer_delete(timer);
	kill(getpid(), SIGUSR2);
}

int main(int count, char **words)
{
	const char *mode = count > 1 ? words[1] : "";

	if (!strcmp(mode, "leader"))
		children(1, leader);
	else if (!strcmp(mode, "exec"))
		children(1, other_program);
	else if (!strcmp(mode, "orphan")) {
		children(3, orphan);
		usleep(300000);
	} else if (!strcmp(mode, "workers"))
		children(2, worker);
	else if (!strcmp(mode, "atomic"))
		atomic();
	else if (!strcmp(mode, "busy"))
		busy();
	else if (!strcmp(mode, "timers"))
		timers();
	return 0;
}
