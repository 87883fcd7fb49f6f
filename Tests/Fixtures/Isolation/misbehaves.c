/* A helper that goes wrong after it has said that it is confined, in the way that it was built for. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

int main(void) {
#ifndef SILENT
    const char confined[] = {3, 0, 0, 0, 0};
    if (write(3, confined, sizeof confined) != sizeof confined) return 1;
#endif
#ifdef CRASHES
    raise(SIGSEGV);
#endif
#ifdef HANGS
    pause();
#endif
#ifdef LIES
    /* An answer of four gigabytes. */
    const unsigned char answer[] = {6, 0xff, 0xff, 0xff, 0xff};
    if (write(3, answer, sizeof answer) != sizeof answer) return 1;
    pause();
#endif
#ifdef ASKS
    /* For a file that it must not have, again and again; then it ends with what it got. */
    const char path[] = "/etc/shadow";
    const unsigned char open[] = {5, sizeof path - 1, 0, 0, 0};
    char reply[9];
    char request[6];
    for (int i = 0; i < 6; i++)
        if (read(3, request + i, 1) != 1) return 1;
    if (write(3, open, 5) != 5 || write(3, path, sizeof path - 1) != sizeof path - 1) return 1;
    for (int i = 0; i < 9; i++)
        if (read(3, reply + i, 1) != 1) return 1;
    const char answer[] = {6, 1, 0, 0, 0, reply[5]};
    if (write(3, answer, sizeof answer) != sizeof answer) return 1;
#endif
    return 0;
}
