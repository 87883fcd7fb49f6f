internal import CIsolation

/// The most that a helper process may use.
public struct HelperLimits: Sendable, Equatable {
    /// Bytes of address space (`RLIMIT_AS`).
    public var addressSpace: UInt64
    /// Seconds of processor time (`RLIMIT_CPU`); the kernel ends the process then.
    public var processorTime: UInt64
    /// How long an answer may take, in all.
    public var time: Duration

    /// Creates limits.
    public init(addressSpace: UInt64, processorTime: UInt64, time: Duration) {
        self.addressSpace = addressSpace
        self.processorTime = processorTime
        self.time = time
    }

    /// Room for a browser's debug information, which is the largest there is.
    public static let standard = HelperLimits(
        addressSpace: 8 << 30, processorTime: 120, time: .seconds(120))

    var raw: isolation_limits {
        isolation_limits(address_space: addressSpace, processor_time: processorTime)
    }
}
