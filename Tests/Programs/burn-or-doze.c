/* A program that uses the processor in one place for two seconds, or sleeps ten times in another.
 *
 * Build: cc -g -O1 -fno-optimize-sibling-calls -o burn-or-doze burn-or-doze.c
 */
#include <string.h>
#include <time.h>

#define POINT __attribute__((noinline, noclone))

static volatile long sink;

/* Two seconds of this process's own time, however busy the machine is. */
POINT void burn(void)
{
	struct timespec used;

	do {
		for (long i = 0; i < 1000000; i++)
			sink += i;
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	} while (used.tv_sec < 2);
}

POINT void work(void)
{
	burn();
	sink++;
}

POINT void doze(void)
{
	struct timespec tenth = { 0, 100000000 };

	nanosleep(&tenth, 0);
	sink++;
}

POINT void rest(void)
{
	for (int i = 0; i < 10; i++)
		doze();
}

int main(int count, char **words)
{
	if (count > 1 && strcmp(words[1], "burn") == 0)
		work();
	else
		rest();
	return 0;
}
