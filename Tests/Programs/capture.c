/* Runs a program to its traps under ptrace and writes what a probe there would record.

   capture TRAP STEPS LIMIT PROGRAM ARGUMENTS...
   At the trap of that number (from 1) it writes a sample to standard output; with STEPS it then steps by single
   instructions and writes a sample for each, as many. Then the program stays stopped until this one is ended.
   A sample: eight bytes each of the process id, the number of registers, the registers in DWARF's order, the stack's
   address and its length, then the stack (at most LIMIT bytes) and behind the last sample's eight bytes of zero the
   text of /proc/PID/maps as it was at the first one. */
#define _GNU_SOURCE
#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

static void put(uint64_t value) { fwrite(&value, sizeof value, 1, stdout); }

static int sample(pid_t thread, pid_t process, size_t limit) {
    static char stack[1 << 24];
    struct user_regs_struct r;
    struct iovec set = {.iov_base = &r, .iov_len = sizeof r};
    if (ptrace(PTRACE_GETREGSET, thread, NT_PRSTATUS, &set) != 0) return -1;
#if defined(__x86_64__)
    uint64_t registers[] = {r.rax, r.rdx, r.rcx, r.rbx, r.rsi, r.rdi, r.rbp, r.rsp, r.r8,
                            r.r9,  r.r10, r.r11, r.r12, r.r13, r.r14, r.r15, r.rip};
    uint64_t address = r.rsp - 128;
#else
    uint64_t registers[33];
    for (int i = 0; i < 31; i++) registers[i] = r.regs[i];
    registers[31] = r.sp;
    registers[32] = r.pc;
    uint64_t address = r.sp - 128;
#endif
    /* From the red zone on: an epilogue's unwind data says where registers were saved that it popped already.
       A read stops at the first page that is not there. */
    size_t length = 0;
    while (length < limit) {
        size_t part = 4096 - (address + length) % 4096;
        if (part > limit - length) part = limit - length;
        struct iovec ours = {stack + length, part}, theirs = {(void *)(address + length), part};
        if (process_vm_readv(process, &ours, 1, &theirs, 1, 0) != (ssize_t)part) break;
        length += part;
    }
    put(process);
    put(sizeof registers / sizeof registers[0]);
    for (size_t i = 0; i < sizeof registers / sizeof registers[0]; i++) put(registers[i]);
    put(address);
    put(length);
    fwrite(stack, 1, length, stdout);
    return 0;
}

int main(int argc, char **argv) {
    int wanted = atoi(argv[1]), steps = atoi(argv[2]), status;
    size_t limit = strtoul(argv[3], NULL, 10);
    (void)argc;
    /* Whoever starts this may have signals blocked. */
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    pid_t process = fork();
    if (process == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        /* Whoever reads the samples waits for the end of standard output. */
        dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        execv(argv[4], argv + 4);
        _exit(127);
    }
    waitpid(process, &status, 0);
    ptrace(PTRACE_SETOPTIONS, process, NULL, PTRACE_O_EXITKILL | PTRACE_O_TRACECLONE);
    pid_t thread = process;
    ptrace(PTRACE_CONT, thread, NULL, NULL);
    for (int traps = 0; traps < wanted;) {
        thread = waitpid(-1, &status, __WALL);
        if (thread < 0 || !WIFSTOPPED(status)) {
            fprintf(stderr, "capture: the program ended before its trap\n");
            return 1;
        }
        int signal = WSTOPSIG(status);
        if (signal == SIGTRAP && status >> 16 == 0 && ++traps == wanted) break;
        ptrace(PTRACE_CONT, thread, NULL, signal == SIGTRAP || signal == SIGSTOP ? 0 : signal);
    }
    if (sample(thread, process, limit) != 0) return 1;
    static char maps[1 << 20];
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/maps", process);
    FILE *file = fopen(path, "r");
    size_t length = fread(maps, 1, sizeof maps, file);
    fclose(file);
    for (int i = 0; i < steps; i++) {
        if (ptrace(PTRACE_SINGLESTEP, thread, NULL, NULL) != 0 || waitpid(thread, &status, __WALL) != thread
            || !WIFSTOPPED(status) || WSTOPSIG(status) != SIGTRAP || sample(thread, process, limit) != 0)
            break;
    }
    put(0);
    fwrite(maps, 1, length, stdout);
    fflush(stdout);
    fclose(stdout);
    /* Another debugger may attach now; the program stays where it is. */
    ptrace(PTRACE_DETACH, thread, NULL, SIGSTOP);
    for (;;) pause();
}
