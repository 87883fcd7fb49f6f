/* What stacks.c loads after its start. */
__attribute__((noinline, noclone)) static int inner(int (*function)(int), int a) { return function(a + 1) + a; }
int call_back(int (*function)(int), int a) { return inner(function, a) * 2; }
