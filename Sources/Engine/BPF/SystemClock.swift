import Glibc

/// The clock that handlers in the kernel see too.
enum SystemClock {
    /// Nanoseconds since the machine booted, without sleep: `bpf_ktime_get_ns`.
    static var nanoseconds: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
