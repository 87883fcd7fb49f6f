/* A program that does nothing but call a function.
 *
 * Build: cc -g -O1 -o hot hot.c
 */
static volatile long sink;

__attribute__((noinline, noclone)) void hot(long number)
{
	sink += number;
}

int main(void)
{
	for (long i = 0;; i++)
		hot(i);
}
