/* A program that brings its own malloc, as one that is linked with an allocator statically.
 *
 * Build: cc -g -O1 -fno-builtin -o own-malloc own-malloc.c
 */
#include <stddef.h>

static char heap[1 << 16];
static size_t used;

void *malloc(size_t size)
{
	void *block = heap + used;

	used += (size + 15) / 16 * 16;
	return used <= sizeof heap ? block : 0;
}

void free(void *block)
{
	(void)block;
}

int main(void)
{
	free(malloc(10));
	return malloc(20) == 0;
}
