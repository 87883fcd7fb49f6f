/* What a helper process gives up before it reads what it must not trust, and how a file descriptor is handed to
   it: prctl(2), seccomp(2) and the macros of cmsg(3) cannot be called from Swift. */
#ifndef CISOLATION_H
#define CISOLATION_H

#include <stdint.h>
#include <sys/types.h>

/* The most that a confined process may use. */
struct isolation_limits {
    uint64_t address_space;  /* bytes, RLIMIT_AS */
    uint64_t processor_time; /* seconds, RLIMIT_CPU */
};

/* Splits a process off this one, which must have a single thread: a copy that goes on with the descriptor `socket` as
   its number 3, /dev/null as its standard streams, no environment, and signals as at a program's start. Returns 0 in
   the copy, its id in this process, or a negative errno. */
pid_t isolation_fork(int socket);

/* Confines this process for good: it keeps its descriptors 0 to 3 only; dies with
   `parent`; becomes the user and group 65534 without capabilities if
   it is root; gets a network of its own with nothing in it where the kernel allows; may neither write files nor
   start programs, open sockets, trace or signal-stop others, whatever the kernel (seccomp).
   Returns 0, or the errno of the step that failed; the process must not go on then. */
int isolation_confine(int32_t parent, const struct isolation_limits *limits);

/* Sends one byte through a UNIX socket, with a descriptor or -1 for none. Returns 0 or errno. */
int isolation_send_descriptor(int socket, int descriptor, uint8_t byte);

/* Receives one byte and perhaps a descriptor (else -1). Returns 0, or errno; ECONNRESET at the stream's end. */
int isolation_receive_descriptor(int socket, int *descriptor, uint8_t *byte);

/* The capabilities that a process keeps: bits of linux/capability.h. */
struct isolation_rights {
    uint64_t effective;   /* what it uses */
    uint64_t permitted;   /* what it may take up again */
    int no_new_privileges; /* whether programs that it starts gain nothing, set-user-id ones neither */
};

/* Has every thread of this process give up all capabilities but these (those among them that it has). Capabilities
   are a thread's, so that each is told by SIGPROF, which none may block and whose handler stays. Inheritable and
   ambient ones go where no_new_privileges is set. Returns 0 once /proc says so of all threads, or errno: ETIMEDOUT
   where a thread did not in two seconds. */
int isolation_give_up(const struct isolation_rights *rights);

/* Has this thread use what it is still permitted. Returns 0 or errno. */
int isolation_take_up(void);

#endif
