/* Labels, calls of a library, inlined calls, and static marks written out as sys/sdt.h would. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static inline __attribute__((always_inline)) int twice(int n)
{
    int doubled = n * 2;
    return doubled;
}

__attribute__((noinline)) int leaf(int a, const char *b)
{
    int sum = a + (int) strlen(b);
    if (sum > 100) {
        int inner = sum * 3;
        sum = inner - a;
        puts(b);
    }
    return sum;
}

__attribute__((noinline)) int middle(int x)
{
    int i, total = 0;
    for (i = 0; i < x; i++) {
        int step = leaf(i, "step");
        if (step < 0)
            goto failed;
        total += step;
    }
    return total + twice(x);
failed:
    puts("failed");
again:
    total--;
    if (total > x)
        goto again;
    return total;
}

int main(int argc, char **argv)
{
    int value = middle(argc);
    char *copy = malloc(20);
    if (value > 3) {
        printf("%d\n", value);
        goto done;
    }
    asm volatile (
        "990: nop\n"
        ".pushsection .note.stapsdt,\"?\",\"note\"\n"
        ".balign 4\n"
        ".4byte 992f-991f, 994f-993f, 3\n"
        "991: .asciz \"stapsdt\"\n"
        "992: .balign 4\n"
        "993: .8byte 990b\n"
        ".8byte _.stapsdt.base\n"
        ".8byte 0\n"
        ".asciz \"shop\"\n"
        ".asciz \"sold\"\n"
        ".asciz \"-4@%%eax 8@-16(%%rbp) 4@$5 -8@%%rsp 1@%%al 8@(%%rax,%%rbx,8) 4@counter(%%rip) -4@%%fs:12\"\n"
        "994: .balign 4\n"
        ".popsection\n"
        ".ifndef _.stapsdt.base\n"
        ".pushsection .stapsdt.base,\"aG\",\"progbits\",.stapsdt.base,comdat\n"
        ".weak _.stapsdt.base\n"
        ".hidden _.stapsdt.base\n"
        "_.stapsdt.base: .space 1\n"
        ".size _.stapsdt.base, 1\n"
        ".popsection\n"
        ".endif\n" ::: "memory");
    free(copy);
done:
    return value;
}
int counter = 4;
