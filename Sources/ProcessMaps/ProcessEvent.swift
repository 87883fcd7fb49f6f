/// What the kernel's perf events tell of a process's memory (`perf_event.h`, `enum perf_event_type`).
public struct ProcessEvent: Sendable, Equatable {
    /// What happened.
    public enum Change: Sendable, Equatable {
        /// It mapped something that can run.
        case mapped(Mapping)
        /// It began another program, and lost its mappings.
        case executed
        /// It began as a copy of another process.
        case forked(parent: Int32)
        /// It ended.
        case exited
        /// The kernel had no room for so many records, of whatever processes.
        case lost(UInt64)
    }

    /// The process; -1 for what was lost.
    public var process: Int32
    /// When, in nanoseconds of CLOCK_MONOTONIC (BPF's `bpf_ktime_get_ns`).
    public var time: UInt64
    /// What happened.
    public var change: Change

    /// Creates an event.
    public init(process: Int32, time: UInt64, change: Change) {
        (self.process, self.time, self.change) = (process, time, change)
    }
}

extension Mapping: Equatable {
    /// Whether both map the same to the same addresses.
    public static func == (left: Mapping, right: Mapping) -> Bool {
        left.addresses == right.addresses && left.offset == right.offset
            && left.isExecutable == right.isExecutable && left.file == right.file
    }
}
