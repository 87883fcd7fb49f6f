import Glibc

/// The kernel's own tick, which it counts in jiffies.
public enum KernelTick {
    /// A tick's length: the resolution of the coarse clocks, which are set once a tick (clock_getres(2)).
    public static let nanoseconds: Int64 = {
        var resolution = timespec()
        guard clock_getres(CLOCK_MONOTONIC_COARSE, &resolution) == 0, resolution.tv_nsec > 0 else {
            return 4_000_000
        }
        return Int64(resolution.tv_nsec)
    }()

    /// Ticks a second: the kernel's HZ.
    public static let hertz = (1_000_000_000 + nanoseconds / 2) / nanoseconds

    /// The time that a number of ticks takes.
    static func nanoseconds(of ticks: Int64) -> Int64 {
        let (product, overflow) = ticks.multipliedReportingOverflow(by: nanoseconds)
        return overflow ? .max : product
    }

    /// The jiffies at a time since the boot: the count starts 300 seconds before it passes 32 bits
    /// (linux/jiffies.h, INITIAL_JIFFIES).
    public static func jiffies(at nanoseconds: Int64) -> Int64 {
        (1 << 32) - 300 * hertz + nanoseconds / Self.nanoseconds
    }
}
