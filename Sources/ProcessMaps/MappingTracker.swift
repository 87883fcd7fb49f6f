import Glibc

/// Learns from the kernel which files all processes map, so that the mappings of a process are known though it lived
/// only for milliseconds.
///
/// It holds one perf event (`PERF_COUNT_SW_DUMMY`) for each processor, which the kernel removes when the process ends.
/// Needs CAP_PERFMON. Not for concurrent use.
public final class MappingTracker {
    private let rings: [PerfRing]
    /// What a processor told of a time at which another one's ring had been read already.
    private var held: [ProcessEvent] = []

    /// Begins to listen.
    ///
    /// - Parameter ringSize: bytes for each processor: a power of two times the page size.
    /// - Throws: where no processor can be listened to.
    public init(ringSize: Int = 1 << 18) throws(PerfRingError) {
        var rings: [PerfRing] = []
        for processor in 0..<Int32(clamping: max(1, sysconf(Int32(_SC_NPROCESSORS_CONF)))) {
            do throws(PerfRingError) {
                rings.append(try PerfRing(processor: processor, size: ringSize))
            } catch {
                // A processor may be off.
                guard error.code == ENODEV else { throw error }
            }
        }
        guard !rings.isEmpty else { throw PerfRingError(code: ENODEV) }
        self.rings = rings
    }

    /// What can be waited for with poll(2): readable when a quarter of a ring is full.
    public var descriptors: [Int32] { rings.map(\.descriptor) }

    /// What happened since the last call, in order, up to the call's beginning.
    public func drain() -> [ProcessEvent] {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let until = UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
        var events = held
        for ring in rings {
            ring.drain { record in
                if let event = PerfRecord.event(record) { events.append(event) }
            }
        }
        // A process that moves between processors would else seem to map before it executes.
        held = events.filter { $0.time >= until }
        return events.filter { $0.time < until }.sorted { $0.time < $1.time }
    }
}
