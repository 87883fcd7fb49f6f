/*
 * Keeps the threads of this program as nice as who started it wants them.
 *
 * libdispatch on Linux gives each of its worker threads a nice value by its quality of service: -2 or -4 for what a
 * program's main thread waits for, which is most of what we do. As root we would come before the service that we look
 * at, and so would the commands that we start, as a new process has its thread's nice value; without CAP_SYS_NICE each
 * attempt fails, and is told to the system's log. It has no switch for that, but calls setpriority(2) by this name,
 * which the program's own definition takes precedence for. Nothing else here calls it: compiling is made nice by nice(1).
 */
#include <sys/resource.h>

#include "niceness.h"

__attribute__((visibility("default"), used)) int setpriority(
    __priority_which_t which, id_t who, int value) {
    (void)which;
    (void)who;
    (void)value;
    return 0;
}
