/* Gives up its rights and tries what it may no longer do; prints each with its errno, 0 where it went through. */
#include "CIsolation.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static void *nothing(void *unused) { return unused; }

static void say(const char *what, int failed) { printf("%s %d\n", what, failed ? errno : 0); }

int main(int argc, char **argv) {
    struct isolation_limits limits = {.address_space = 1 << 28, .processor_time = 5};
    int failure = isolation_confine(getppid(), &limits);
    printf("confined %d\n", failure);
    if (failure || argc < 2) return 1;
    printf("user %d %d\n", getuid(), getgid());
    errno = 0;
    say("become-root", setuid(0) != 0);
    say("read-secret", open(argv[1], O_RDONLY) < 0);
    say("read-public", open("/etc/passwd", O_RDONLY) < 0);
    say("write", open("/tmp/taprecipe-isolation", O_WRONLY | O_CREAT, 0600) < 0);
    say("remove", unlink("/tmp/taprecipe-isolation-nothing") != 0);
    say("socket", socket(AF_INET, SOCK_STREAM, 0) < 0);
    say("unix-socket", socket(AF_UNIX, SOCK_STREAM, 0) < 0);
    say("fork", fork() < 0);
    say("signal-others", kill(getppid(), 0) != 0);
    say("trace", ptrace(PTRACE_ATTACH, getppid(), 0, 0) < 0);
    char *words[] = {"true", NULL};
    say("exec", execv("/bin/true", words) != 0);
    pthread_t thread;
    errno = pthread_create(&thread, NULL, nothing, NULL);
    say("thread", errno != 0);
    errno = 0;
    say("memory", malloc((size_t)1 << 30) == NULL);
    struct rlimit more = {.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
    say("raise-limit", setrlimit(RLIMIT_AS, &more) != 0);
    return 0;
}
