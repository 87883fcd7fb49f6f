#define _GNU_SOURCE
#include "CIsolation.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* What every thread is to keep; written before the first signal. */
static struct isolation_rights kept;

static int capabilities(int call, struct __user_cap_data_struct data[2]) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    return syscall(call, &header, data) == 0 ? 0 : errno;
}

/* This thread's part; runs in a signal handler, so that it makes system calls and nothing else. */
static int give_up_here(void) {
    struct __user_cap_data_struct data[2];
    int error = capabilities(SYS_capget, data);
    if (error) return error;
    for (int word = 0; word < 2; word++) {
        data[word].permitted &= (uint32_t)((kept.permitted | kept.effective) >> (word * 32));
        data[word].effective = data[word].permitted & (uint32_t)(kept.effective >> (word * 32));
        data[word].inheritable = kept.no_new_privileges ? 0 : data[word].inheritable & data[word].permitted;
    }
    error = capabilities(SYS_capset, data);
    if (error || !kept.no_new_privileges) return error;
    return syscall(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : errno;
}

static void handle(int number) {
    (void)number;
    int saved = errno;
    give_up_here();
    errno = saved;
}

/* Whether a thread has nothing more than is kept, as /proc says; one that has ended has nothing. */
static int has_given_up(const char *thread) {
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%.20s/status", thread);
    FILE *file = fopen(path, "re");
    if (!file) return 1;
    char line[256];
    uint64_t value;
    int is_done = 1;
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "CapPrm: %" SCNx64, &value) == 1) is_done &= !(value & ~(kept.permitted | kept.effective));
        if (sscanf(line, "CapEff: %" SCNx64, &value) == 1) is_done &= !(value & ~kept.effective);
        if (sscanf(line, "NoNewPrivs: %" SCNx64, &value) == 1) is_done &= value || !kept.no_new_privileges;
    }
    fclose(file);
    return is_done;
}

int isolation_give_up(const struct isolation_rights *rights) {
    kept = *rights;
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_RESTART};
    if (sigaction(SIGPROF, &action, NULL) != 0) return errno;
    int error = give_up_here();
    if (error) return error;
    for (int round = 0; round < 2000; round++) {
        DIR *threads = opendir("/proc/self/task");
        if (!threads) return errno;
        int left = 0;
        for (struct dirent *entry; (entry = readdir(threads));) {
            if (entry->d_name[0] == '.' || has_given_up(entry->d_name)) continue;
            left++;
            syscall(SYS_tgkill, getpid(), atoi(entry->d_name), SIGPROF);
        }
        closedir(threads);
        if (!left) return 0;
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    return ETIMEDOUT;
}

int isolation_take_up(void) {
    struct __user_cap_data_struct data[2];
    int error = capabilities(SYS_capget, data);
    if (error) return error;
    for (int word = 0; word < 2; word++) data[word].effective = data[word].permitted;
    return capabilities(SYS_capset, data);
}
