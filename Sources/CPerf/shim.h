/* The side band of perf events: which files processes map. perf_event_open(2) has no function in the C library, and
   its attributes are bit fields, which Swift can't see. */
#include <linux/perf_event.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Opens a processor's mappings, names, forks and exits of all processes; each record ends with PID, TID and
   the time of CLOCK_MONOTONIC, which is that of bpf_ktime_get_ns. A poll returns after `wakeup` bytes. */
static inline int cperf_open_side_band(int cpu, unsigned wakeup) {
    struct perf_event_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.size = sizeof attributes;
    attributes.type = PERF_TYPE_SOFTWARE;
    attributes.config = PERF_COUNT_SW_DUMMY;
    attributes.sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME;
    attributes.sample_id_all = 1;
    attributes.mmap = 1;
    attributes.mmap2 = 1;
    attributes.comm = 1;
    attributes.comm_exec = 1;
    attributes.task = 1;
    attributes.use_clockid = 1;
    attributes.clockid = CLOCK_MONOTONIC;
    attributes.watermark = 1;
    attributes.wakeup_watermark = wakeup;
    return (int)syscall(SYS_perf_event_open, &attributes, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
}

/* What the kernel has written so far; what lies before it can be read then (perf_event.h: smp_rmb). */
static inline __u64 cperf_head(const struct perf_event_mmap_page *page) {
    return __atomic_load_n(&page->data_head, __ATOMIC_ACQUIRE);
}

/* Gives the room before `tail` back to the kernel. */
static inline void cperf_set_tail(struct perf_event_mmap_page *page, __u64 tail) {
    __atomic_store_n(&page->data_tail, tail, __ATOMIC_RELEASE);
}
