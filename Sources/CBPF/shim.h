// libbpf, and what Swift cannot call of the kernel's interface: variadic functions and bit-fields.
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/// An event of one of the kernel's units of probes: perf_event_open(2), `config1` and `config2`.
///
/// Of uprobes `target` is a file's path and `place` an offset in it; of kprobes a function and 0, or NULL and an address.
/// The descriptor, or -errno.
static inline int taprecipe_probe_open(
    uint32_t type, uint64_t config, const char *target, uint64_t place, int32_t pid)
{
    struct perf_event_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.size = sizeof attributes;
    attributes.type = type;
    attributes.config = config;
    attributes.config1 = (uint64_t)(uintptr_t)target;
    attributes.config2 = place;
    long result = syscall(SYS_perf_event_open, &attributes, pid, pid < 0 ? 0 : -1, -1, PERF_FLAG_FD_CLOEXEC);
    return result < 0 ? -errno : (int)result;
}

/// An event of a counter of one processor, not yet enabled, that tells after `rate`, or so many times a second:
/// perf_event_open(2). The descriptor, or -errno.
static inline int taprecipe_counter_open(
    uint32_t type, uint64_t config, uint64_t rate, uint32_t is_frequency, int32_t processor)
{
    struct perf_event_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.size = sizeof attributes;
    attributes.type = type;
    attributes.config = config;
    attributes.sample_period = rate;
    attributes.freq = is_frequency;
    attributes.disabled = 1;
    long result = syscall(SYS_perf_event_open, &attributes, -1, processor, -1, PERF_FLAG_FD_CLOEXEC);
    return result < 0 ? -errno : (int)result;
}

/// Lets a program run at each hit of an event, with a number that it can ask for (from 5.15); the link's descriptor,
/// or -errno.
static inline int taprecipe_event_link(int event, int program, uint64_t cookie)
{
    LIBBPF_OPTS(bpf_link_create_opts, options, .perf_event.bpf_cookie = cookie);
    int link = bpf_link_create(program, event, BPF_PERF_EVENT, &options);
    if (link < 0) return link;
    if (ioctl(event, PERF_EVENT_IOC_ENABLE, 0) < 0) {
        int code = -errno;
        close(link);
        return code;
    }
    return link;
}

/// Lets a program run at each hit of an event; 0 or -errno.
static inline int taprecipe_event_attach(int event, int program)
{
    if (ioctl(event, PERF_EVENT_IOC_SET_BPF, program) < 0) return -errno;
    return ioctl(event, PERF_EVENT_IOC_ENABLE, 0) < 0 ? -errno : 0;
}

/// libbpf says its troubles in its return values; its own words on standard error are for nobody.
static int taprecipe_print_nothing(enum libbpf_print_level level, const char *format, va_list arguments)
{
    (void)level, (void)format, (void)arguments;
    return 0;
}

static inline void taprecipe_quiet_libbpf(void) { libbpf_set_print(taprecipe_print_nothing); }

/// Loads a program; the descriptor, or -errno with the verifier's words in `log`. `functions` are pairs of an
/// instruction and a type of the BTF `types`, where that is not negative.
static inline int taprecipe_program_load(
    uint32_t type, uint32_t attach_type, uint32_t flags, const char *name, const struct bpf_insn *instructions,
    size_t count, int types,
    const uint32_t *functions, uint32_t function_count, char *log, size_t log_size)
{
    LIBBPF_OPTS(
        bpf_prog_load_opts, options, .prog_flags = flags,
        .expected_attach_type = (enum bpf_attach_type)attach_type, .log_level = log ? 1 : 0, .log_buf = log,
        .log_size = log_size);
    if (types >= 0) {
        options.prog_btf_fd = types;
        options.func_info = functions;
        options.func_info_cnt = function_count;
        options.func_info_rec_size = 8;
    }
    return bpf_prog_load((enum bpf_prog_type)type, name, "Dual MIT/GPL", instructions, count, &options);
}

/// How many instructions the verifier went through to check a program, 0 where the kernel (before 5.16) does not say;
/// or -errno.
static inline int64_t taprecipe_program_verified(int program)
{
    struct bpf_prog_info info;
    memset(&info, 0, sizeof info);
    uint32_t size = sizeof info;
    return bpf_obj_get_info_by_fd(program, &info, &size) < 0 ? -errno : info.verified_insns;
}

/// How often a program was not run as it was under way; 0 where the kernel (before 5.12) does not say; or -errno.
static inline int64_t taprecipe_program_missed(int program)
{
    struct bpf_prog_info info;
    memset(&info, 0, sizeof info);
    uint32_t size = sizeof info;
    return bpf_obj_get_info_by_fd(program, &info, &size) < 0 ? -errno : (int64_t)info.recursion_misses;
}

/// How often a program has run and for how many nanoseconds, as far as the kernel was told to count it; 0 or -errno.
static inline int taprecipe_program_runs(int program, uint64_t *count, uint64_t *nanoseconds)
{
    struct bpf_prog_info info;
    memset(&info, 0, sizeof info);
    uint32_t size = sizeof info;
    if (bpf_obj_get_info_by_fd(program, &info, &size) < 0) return -errno;
    *count = info.run_cnt;
    *nanoseconds = info.run_time_ns;
    return 0;
}

/// Has the kernel count runs as long as the descriptor is open; the descriptor, or -errno.
static inline int taprecipe_count_runs(void)
{
    int result = bpf_enable_stats(BPF_STATS_RUN_TIME);
    return result < 0 ? -errno : result;
}

/// Runs a program of a tracepoint once, here and now, without arguments; 0 or -errno.
static inline int taprecipe_program_run(int program)
{
    LIBBPF_OPTS(bpf_test_run_opts, options);
    return bpf_prog_test_run_opts(program, &options);
}

/// `BPF_TRACE_UPROBE_MULTI` of linux/bpf.h since 6.6, which libbpf 1.1 does not know.
enum { taprecipe_uprobe_link_type = 48 };

/// Links a program to instructions of a file, or to the returns of the functions that begin there; the descriptor, or
/// -errno. `semaphores` are the places of counters in the file, 0 for none; `cookies` what the program may ask for;
/// `pid` a process, or 0 for all.
static inline int taprecipe_uprobe_link(
    int program, const char *path, const uint64_t *offsets, const uint64_t *semaphores, const uint64_t *cookies,
    uint32_t count, uint32_t is_return, uint32_t pid)
{
    // `link_create.uprobe_multi` of union bpf_attr.
    struct {
        uint32_t program, target, type, flags;
        uint64_t path, offsets, semaphores, cookies;
        uint32_t count, probe_flags, pid, padding;
    } attributes = {
        .program = (uint32_t)program, .type = taprecipe_uprobe_link_type, .path = (uint64_t)(uintptr_t)path,
        .offsets = (uint64_t)(uintptr_t)offsets, .semaphores = (uint64_t)(uintptr_t)semaphores,
        .cookies = (uint64_t)(uintptr_t)cookies, .count = count, .probe_flags = is_return, .pid = pid};
    long result = syscall(SYS_bpf, BPF_LINK_CREATE, &attributes, sizeof attributes);
    return result < 0 ? -errno : (int)result;
}

/// Creates a map; the descriptor, or -errno.
static inline int taprecipe_map_create(
    uint32_t type, const char *name, uint32_t key_size, uint32_t value_size, uint32_t entries, uint32_t flags)
{
    LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = flags);
    return bpf_map_create((enum bpf_map_type)type, name, key_size, value_size, entries, &options);
}
