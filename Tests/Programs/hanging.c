/*
 * Waits for a lock that is never given back.
 *
 *   hanging N   a thread begins to wait; N milliseconds later the program ends, and prints for how many microseconds the
 *               thread waited by then
 *   hanging     the thread waits as long as the program is left alone; it makes a file 'hanging.waits' when it does
 *
 * Build: cc -g -O1 -o hanging hanging.c -lpthread
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void *enter(void *unused)
{
	pthread_mutex_lock(&lock);
	return unused;
}

static long now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

int main(int count, char **words)
{
	pthread_t thread;
	long since;

	pthread_mutex_lock(&lock);
	pthread_create(&thread, 0, enter, 0);
	/* The C library's mark of a lock that somebody waits for. */
	while (__atomic_load_n(&lock.__data.__lock, __ATOMIC_SEQ_CST) != 2)
		usleep(100);
	since = now();
	if (count < 2) {
		close(open("hanging.waits", O_CREAT | O_WRONLY, 0600));
		pthread_join(thread, 0);
	}
	usleep(atol(words[1]) * 1000);
	printf("waited: %ld\n", now() - since);
	fflush(stdout);
	_exit(0);
}
