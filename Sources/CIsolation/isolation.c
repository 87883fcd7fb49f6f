#define _GNU_SOURCE
#include "CIsolation.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define NATIVE_ARCHITECTURE AUDIT_ARCH_X86_64
#define X32_CALLS 0x40000000u
#elif defined(__aarch64__)
#define NATIVE_ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "no seccomp architecture is known for this processor"
#endif

static const gid_t nobody = 65534;
/* The socket to the parent, behind the three standard streams. */
static const int parent_socket = 3;
static const int first_unused = 4;

/* Calls that a reader of files has no use for. What is not listed stays allowed: the C library and Swift's
   runtime choose among the rest from release to release. */
static const uint32_t forbidden[] = {
    SYS_socket, SYS_socketpair, SYS_connect, SYS_bind, SYS_listen, SYS_accept4, SYS_execve, SYS_execveat, SYS_ptrace,
    SYS_process_vm_readv, SYS_process_vm_writev, SYS_kill, SYS_tkill, SYS_setns, SYS_unshare, SYS_mount, SYS_umount2,
    SYS_pivot_root, SYS_chroot, SYS_bpf, SYS_perf_event_open, SYS_add_key, SYS_request_key, SYS_keyctl,
    SYS_io_uring_setup, SYS_userfaultfd, SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_kexec_load,
    SYS_truncate, SYS_ftruncate, SYS_fallocate, SYS_unlinkat, SYS_renameat2, SYS_mkdirat, SYS_mknodat, SYS_linkat,
    SYS_symlinkat, SYS_fchmodat, SYS_fchmod, SYS_fchownat, SYS_fchown, SYS_setxattr, SYS_lsetxattr, SYS_fsetxattr,
    SYS_utimensat, SYS_memfd_create, SYS_pidfd_open, SYS_pidfd_getfd, SYS_open_by_handle_at,
    SYS_setpriority, SYS_sched_setaffinity, SYS_swapon, SYS_reboot, SYS_sethostname,
#ifdef __x86_64__
    SYS_fork, SYS_vfork, SYS_unlink, SYS_rename, SYS_mkdir, SYS_rmdir, SYS_mknod, SYS_link, SYS_symlink, SYS_chmod,
    SYS_chown, SYS_lchown, SYS_creat, SYS_utime, SYS_utimes, SYS_futimesat, SYS_renameat, SYS_accept,
#endif
};
enum { forbidden_count = sizeof forbidden / sizeof forbidden[0] };

static int install_filter(void) {
    struct sock_filter program[forbidden_count * 2 + 32];
    size_t length = 0;
#define ADD(...) (program[length++] = (struct sock_filter)__VA_ARGS__)
#define LOAD(field) ADD(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field)))
#define ANSWER(value) ADD(BPF_STMT(BPF_RET | BPF_K, (value)))
    LOAD(arch);
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCHITECTURE, 1, 0));
    ANSWER(SECCOMP_RET_KILL_PROCESS);
    LOAD(nr);
#ifdef X32_CALLS
    ADD(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_CALLS, 0, 1));
    ANSWER(SECCOMP_RET_KILL_PROCESS);
#endif
    for (size_t i = 0; i < forbidden_count; i++) {
        ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, forbidden[i], 0, 1));
        ANSWER(SECCOMP_RET_ERRNO | EPERM);
    }
    /* clone3's flags lie in memory, where a filter cannot look: the C library falls back to clone. */
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1));
    ANSWER(SECCOMP_RET_ERRNO | ENOSYS);
    /* openat2 likewise. */
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1));
    ANSWER(SECCOMP_RET_ERRNO | ENOSYS);
    /* Threads, but no processes. */
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 4));
    LOAD(args[0]);
    ADD(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 1, 0));
    ANSWER(SECCOMP_RET_ERRNO | EPERM);
    ANSWER(SECCOMP_RET_ALLOW);
    /* Reading, but no writing. */
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 3));
    LOAD(args[2]);
    ADD(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, 0, 1));
    ANSWER(SECCOMP_RET_ERRNO | EPERM);
#ifdef SYS_open
    LOAD(nr);
    ADD(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_open, 0, 3));
    LOAD(args[1]);
    ADD(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, 0, 1));
    ANSWER(SECCOMP_RET_ERRNO | EPERM);
#endif
    ANSWER(SECCOMP_RET_ALLOW);
    struct sock_fprog filter = {.len = (unsigned short)length, .filter = program};
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0 ? 0 : errno;
}

static int limit(int resource, uint64_t value) {
    struct rlimit wanted = {.rlim_cur = value, .rlim_max = value};
    struct rlimit current;
    /* Without privileges a limit can only be lowered. */
    if (getrlimit(resource, &current) == 0 && current.rlim_max < value)
        wanted.rlim_cur = wanted.rlim_max = current.rlim_max;
    return setrlimit(resource, &wanted) == 0 ? 0 : errno;
}

pid_t isolation_fork(int socket) {
    pid_t child = fork();
    if (child != 0) return child > 0 ? child : -errno;
    for (int number = 1; number < NSIG; number++) (void)signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    clearenv();
    (void)prctl(PR_SET_NAME, "taprecipe-read");
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (nothing < 0) _exit(1);
    for (int stream = 0; stream < parent_socket; stream++)
        if (dup2(nothing, stream) < 0) _exit(1);
    if (dup2(socket, parent_socket) < 0) _exit(1);
    return 0;
}

int isolation_confine(int32_t parent, const struct isolation_limits *limits) {
    int failure;
    closefrom(first_unused);
    if ((failure = limit(RLIMIT_AS, limits->address_space))) return failure;
    if ((failure = limit(RLIMIT_CPU, limits->processor_time))) return failure;
    if ((failure = limit(RLIMIT_FSIZE, 0))) return failure;
    if ((failure = limit(RLIMIT_CORE, 0))) return failure;
    if (geteuid() == 0) {
        /* Only one of several walls: a container may not be allowed to do it. */
        (void)unshare(CLONE_NEWNET | CLONE_NEWIPC);
        if (setgroups(0, NULL) != 0) return errno;
        if (setresgid(nobody, nobody, nobody) != 0) return errno;
        if (setresuid(nobody, nobody, nobody) != 0) return errno;
    }
    /* A change of user takes the signal back. */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return errno;
    if (getppid() != parent) return ESRCH;
    if (prctl(PR_SET_DUMPABLE, 0) != 0) return errno;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
    return install_filter();
}

int isolation_send_descriptor(int socket, int descriptor, uint8_t byte) {
    char control[CMSG_SPACE(sizeof(int))];
    struct iovec data = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1};
    if (descriptor >= 0) {
        memset(control, 0, sizeof control);
        message.msg_control = control;
        message.msg_controllen = sizeof control;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    }
    for (;;) {
        if (sendmsg(socket, &message, MSG_NOSIGNAL) == 1) return 0;
        if (errno != EINTR) return errno;
    }
}

int isolation_receive_descriptor(int socket, int *descriptor, uint8_t *byte) {
    char control[CMSG_SPACE(sizeof(int))];
    struct iovec data = {.iov_base = byte, .iov_len = 1};
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    *descriptor = -1;
    for (;;) {
        ssize_t count = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
        if (count == 0) return ECONNRESET;
        if (count == 1) break;
        if (errno != EINTR) return errno;
    }
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header))
        if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS)
            memcpy(descriptor, CMSG_DATA(header), sizeof *descriptor);
    return 0;
}
