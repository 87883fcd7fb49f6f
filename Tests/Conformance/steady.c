/*
 * A program that does the same in every run, for scripts that are held against each other on two engines.
 *
 * Everything that the scripts read is touched first: SystemTap reads only memory that is there already.
 *
 * Build: cc -g -O1 -fno-builtin -fno-optimize-sibling-calls -o steady steady.c
 */
#include <stdio.h>
#include <string.h>

#define POINT __attribute__((noinline, noclone))

enum colour { RED, GREEN = 5, BLUE = -2 };

struct flags {
	unsigned int ready : 1;
	unsigned int mode : 3;
	int level : 5;
	unsigned int count : 12;
	long wide : 40;
};

union word {
	long whole;
	unsigned char bytes[8];
	struct {
		int low, high;
	} halves;
};

struct item {
	int number;
	short small;
	unsigned char tiny;
	_Bool on;
	enum colour colour;
	const char *name;
	struct flags flags;
	union word word;
	struct item *next;
	int row[4];
	char tag[8];
	struct {
		long hidden;
	};
	long (*twice)(long);
};

/* Keeps results where the compiler cannot see that nobody wants them. */
static volatile long sink;

long calls = 7;
static int table[8] = { 3, 1, 4, 1, 5, 9, 2, 6 };
const char *title = "the title";
static char line[601];

POINT static long twice(long value)
{
	return value * 2;
}

static struct item items[3] = {
	{ .number = 10, .small = -3, .tiny = 200, .on = 1, .colour = GREEN, .name = "first",
	  .flags = { 1, 5, -7, 4095, -5 }, .word = { .whole = 0x1122334455667788 }, .next = &items[1],
	  .row = { 1, 2, 3, 4 }, .tag = "tag1", { .hidden = 77 }, .twice = twice },
	{ .number = -20, .small = 300, .tiny = 7, .on = 0, .colour = BLUE, .name = "second",
	  .flags = { 0, 2, 15, 1, 1L << 38 }, .word = { .whole = -1 }, .next = &items[2],
	  .row = { -1, -2, -3, -4 }, .tag = "tag2567", { .hidden = -77 }, .twice = twice },
	{ .number = 2147483647, .small = -32768, .tiny = 0, .on = 1, .colour = RED, .name = "",
	  .flags = { 1, 7, -16, 0, 0 }, .word = { .whole = 0 }, .next = 0,
	  .row = { 0, 0, 0, 9 }, .tag = "", { .hidden = 0 }, .twice = 0 },
};

static const char *words[] = {
	"plain", "", "two words", "tab\there \"quoted\" back\\slash", "line\nbreak", "bell\a\x01",
	"gr\xc3\xbc\xc3\x9f", "42", "0x1f", "a,b;c d", line,
};

POINT long add(long a, int b)
{
	sink += a;
	return a + b;
}

POINT long visit(struct item *item, int depth)
{
	sink += item->number;
	return item->next ? visit(item->next, depth + 1) : depth;
}

POINT const char *say(const char *text, int length)
{
	sink += length;
	return length ? text + 1 : 0;
}

POINT int narrow(unsigned char u8, signed char s8, unsigned short u16, short s16, unsigned int u32, int s32)
{
	sink += u8 + s8 + u16 + s16 + u32 + s32;
	return s8;
}

POINT long many(long a, long b, long c, long d, long e, long f, long g, long h)
{
	sink += a + b + c + d + e + f + g + h;
	return g - h;
}

POINT int fault(const char *nowhere, int *number)
{
	sink += nowhere != 0;
	return number == 0;
}

POINT int inner(int value)
{
	sink += value;
	return value + 1;
}

POINT int middle(int value)
{
	return inner(value * 10) + inner(value * 10 + 1);
}

POINT int outer(int value)
{
	int sum = middle(value);

	return sum + middle(value + 1);
}

POINT void finish(void)
{
	sink = 0;
}

static void touch(void)
{
	for (unsigned i = 0; i < sizeof items / sizeof *items; i++)
		sink += items[i].number + (long)strlen(items[i].name);
	for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
		sink += (long)strlen(words[i]);
	for (unsigned i = 0; i < sizeof table / sizeof *table; i++)
		sink += table[i];
	sink += (long)strlen(title) + calls;
}

int main(void)
{
	static const long numbers[] = { 0, 1, -1, 7, -13, 1000000007, -9223372036854775807 - 1, 9223372036854775807 };

	memset(line, 'x', 300);
	memset(line + 300, 'y', 300);
	touch();
	for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		calls++;
		sink += add(numbers[i], 3 - (int)i);
	}
	sink += visit(items, 0);
	for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
		sink += say(words[i], (int)strlen(words[i])) != 0;
	sink += narrow(255, -128, 65535, -32768, 4294967295u, -1);
	sink += narrow(1, 2, 3, 4, 5, 6);
	sink += many(1, 2, 3, 4, 5, 6, 7, 8);
	sink += many(-1, -2, -3, -4, -5, -6, -7, -8);
	sink += fault(0, 0);
	sink += fault((const char *)0xdead0000, (int *)0x10);
	sink += outer(1);
	finish();
	return 0;
}
