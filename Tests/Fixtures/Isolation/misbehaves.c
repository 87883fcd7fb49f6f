/* A helper that goes wrong after it has said that it is confined, in the way that it was built for. */
#include <signal.h>
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
#ifdef COUNTS
    /* Not at all: answers each question with its number. */
    char question[6];
    for (char number = 1;; number++) {
        for (int i = 0; i < 6; i++)
            if (read(3, question + i, 1) != 1) return 0;
        const char answer[] = {6, 1, 0, 0, 0, number};
        if (write(3, answer, sizeof answer) != sizeof answer) return 1;
        if (question[0] == 9) return 0;
    }
#endif
#ifdef NAMES
    /* Asks what a process runs, and answers with all that it hears. */
    const char id[] = NAMES;
    char head[5];
    char asked[6];
    for (int i = 0; i < 6; i++)
        if (read(3, asked + i, 1) != 1) return 1;
    const unsigned char wish[] = {7, sizeof id - 1, 0, 0, 0};
    if (write(3, wish, 5) != 5 || write(3, id, sizeof id - 1) != sizeof id - 1) return 1;
    for (int i = 0; i < 5; i++)
        if (read(3, head + i, 1) != 1) return 1;
    head[0] = 6;
    if (write(3, head, 5) != 5) return 1;
    for (int i = (unsigned char)head[1] | (unsigned char)head[2] << 8; i > 0; i--) {
        char byte;
        if (read(3, &byte, 1) != 1 || write(3, &byte, 1) != 1) return 1;
    }
#endif
    return 0;
}
