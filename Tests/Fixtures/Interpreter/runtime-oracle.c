// Runs parts of the installed SystemTap runtime in a process, so that tests can ask what it prints.
//
// Reads one question a line from standard input and writes one answer a line, both in hexadecimal where they are
// bytes ('-' is empty):
//   print SIZE FORMAT ARGUMENT…   SIZE 0 is printf, else the size of sprintf's buffer; iNUMBER or sBYTES
//   text IN OUT QUOTED BUFFER BYTES       _stp_text_str
//   statistic SHIFT TYPE START STOP INTERVAL VALUE…       count sum min max variance and the histogram
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint32_t u32;
typedef uint8_t u8;
#define noinline
#define __restrict__
#define likely(x) (x)
#define unlikely(x) (x)
#define fallthrough
// Each argument is evaluated once: the runtime's have effects.
#define max(a, b) ({ __typeof__(a) a_ = (a); __typeof__(b) b_ = (b); a_ > b_ ? a_ : b_; })
#define min_t(t, a, b) ({ t a_ = (a), b_ = (b); a_ < b_ ? a_ : b_; })
#define clamp_t(t, v, l, h) ({ t v_ = (v), l_ = (l), h_ = (h); v_ < l_ ? l_ : v_ > h_ ? h_ : v_; })
#define clamp(v, l, h) clamp_t(int, v, l, h)
#define do_div(n, base) ({ uint32_t base_ = (base); uint32_t rest_ = (uint64_t)(n) % base_; (n) = (uint64_t)(n) / base_; rest_; })
#define STP_BUFFER_SIZE 8192
#define MAXSTRINGLEN 512
#define PAGE_SIZE 4096
#define STAP_VERSION(a, b) (((a) << 8) + (b))
#define STAP_COMPAT_VERSION STAP_VERSION(4, 8)
#define __DYNINST__ 1
#define _STP_PRINT_H_
#define _TRANSPORT_TRANSPORT_H_
// The bytes that a character of the kernel's ctype has no property for.
#undef isprint
#define isprint(c) ((unsigned char)(c) >= 32 && (unsigned char)(c) < 127)
struct context;
static struct context *_stp_runtime_get_context(void) { return (struct context *)1; }
#define uread(p) (*(p))
#define kread(p) (*(p))
#define STP_USER_DS 1
#define STP_KERNEL_DS 0
#define _stp_deref_nofault(value, size, addr, seg) ({ (value) = *(addr); 0; })
static size_t strlcpy(char *to, const char *from, size_t size) { return snprintf(to, size, "%s", from); }

static char printed[1 << 20];
static int printed_length;
static bool _stp_print_trylock_irqsave(unsigned long *flags) { return true; }
static void _stp_print_unlock_irqrestore(unsigned long *flags) {}
static void *_stp_reserve_bytes(int count) { printed_length += count; return printed + printed_length - count; }
static void _stp_unreserve_bytes(int count) { printed_length -= count; }
static inline void _stp_print_flush(void) {}
static void _stp_error(const char *format, ...) { abort(); }
static void _stp_warn(const char *format, ...) {}
static int64_t _stp_div64(const char **error, int64_t x, int64_t y) { return y == 0 ? 0 : y == -1 ? -x : x / y; }

#include "stp_string.h"
#include "vsprintf.h"
#include "vsprintf.c"
#include "stp_string.c"
#define _STAT_H_
struct stat_data { int shift, stat_ops; int64_t count, sum, min, max, avg_s, _M2, variance, variance_s, histogram[128]; };
typedef struct stat_data stat_data;
enum histtype { HIST_NONE, HIST_LOG, HIST_LINEAR };
struct _Hist { enum histtype type; int start, stop, interval, buckets, bit_shift, stat_ops; };
typedef struct _Hist *Hist;
#define STP_MAX_BUCKETS 128
#define HIST_LOG_BUCKETS 128
#define HIST_LOG_BUCKET0 64
#include "stat-common.c"

static char *unhex(const char *text, int *length) {
    int count = text[0] == '-' ? 0 : strlen(text) / 2;
    char *bytes = calloc(1, count + 1);
    for (int i = 0; i < count; i++) { unsigned byte; sscanf(text + 2 * i, "%2x", &byte); bytes[i] = byte; }
    if (length) *length = count;
    return bytes;
}
static void answer(const char *bytes, int length) {
    if (length == 0) putchar('-');
    for (int i = 0; i < length; i++) printf("%02x", (unsigned char)bytes[i]);
    putchar('\n');
}

int main(void) {
    static char line[1 << 16], out[MAXSTRINGLEN + 64];
    while (fgets(line, sizeof line, stdin)) {
        char *word = strtok(line, " \n");
        printed_length = 0;
        if (!strcmp(word, "print")) {
            int size = atoi(strtok(NULL, " \n"));
            char *format = unhex(strtok(NULL, " \n"), NULL);
            int64_t a[12] = {0};
            for (int i = 0; i < 12 && (word = strtok(NULL, " \n")); i++)
                a[i] = word[0] == 'i' ? strtoll(word + 1, NULL, 10) : (int64_t)(intptr_t)unhex(word + 1, NULL);
            memset(out, 0, sizeof out);
            _stp_snprintf(size ? out : NULL, size, format, a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11]);
            if (size) answer(out, strlen(out)); else answer(printed, printed_length);
        } else if (!strcmp(word, "text")) {
            int in = atoi(strtok(NULL, " ")), limit = atoi(strtok(NULL, " ")), quoted = atoi(strtok(NULL, " "));
            int buffer = atoi(strtok(NULL, " "));
            _stp_text_str(out, unhex(strtok(NULL, " \n"), NULL), in, limit, quoted, 0, buffer);
            answer(out, strlen(out));
        } else {
            struct _Hist hist = {0};
            stat_data data = {0};
            hist.bit_shift = atoi(strtok(NULL, " "));
            hist.type = atoi(strtok(NULL, " "));
            hist.start = atoi(strtok(NULL, " "));
            hist.stop = atoi(strtok(NULL, " "));
            hist.interval = atoi(strtok(NULL, " \n"));
            hist.buckets = hist.type == HIST_LOG ? HIST_LOG_BUCKETS : hist.type == HIST_LINEAR ? _stp_stat_calc_buckets(hist.stop, hist.start, hist.interval) : 0;
            while ((word = strtok(NULL, " \n"))) __stp_stat_add(&hist, &data, strtoll(word, NULL, 10), 1, 1, 1, 1, 1);
            _stp_stat_print_histogram(&hist, &data);
            printf("%lld %lld %lld %lld %lld ", (long long)data.count, (long long)data.sum, (long long)data.min, (long long)data.max, (long long)(data.variance_s >> (2 * data.shift)));
            answer(printed, printed_length);
        }
        fflush(stdout);
    }
    return 0;
}
