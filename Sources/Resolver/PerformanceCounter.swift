/// A counter that the kernel keeps for each processor, and how often it is to tell: perf_event_open(2).
public struct PerformanceCounter: Sendable, Hashable, Codable {
    /// When it tells.
    public enum Rate: Sendable, Hashable, Codable {
        /// Each time it has advanced so far; of clocks, in nanoseconds.
        case every(Int64)
        /// So many times a second.
        case hertz(Int64)
    }

    /// `PERF_TYPE_…` of linux/perf_event.h.
    public var type: Int64
    /// What is counted, by the type.
    public var config: Int64
    /// When it tells.
    public var rate: Rate

    /// Creates a counter; stap's rate is every million.
    public init(type: Int64, config: Int64, rate: Rate = .every(1_000_000)) {
        (self.type, self.config, self.rate) = (type, config, rate)
    }

    /// The processor's clock in nanoseconds, which machines without hardware counters have too.
    public static func clock(_ rate: Rate = .every(1_000_000)) -> PerformanceCounter {
        PerformanceCounter(type: 1, config: 0, rate: rate)
    }

    /// The point as stap writes it, which takes a rate in hertz for a period there.
    public var text: String {
        let number =
            switch rate {
            case .every(let count), .hertz(let count): count
            }
        return "perf.type(\(type)).config(\(config)).sample(\(number))"
    }
}
