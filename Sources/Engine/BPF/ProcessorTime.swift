import Glibc
import Synchronization

/// The processor time that a target uses: of some processes, each from when it is first seen, or of the whole machine.
final class ProcessorTime: Sendable {
    private struct State {
        var total: UInt64 = 0
        /// What each process had used when it was last seen, by its id and beginning.
        var seen: [Key: UInt64] = [:]
    }

    private struct Key: Hashable {
        var id: Int32
        var start: UInt64
    }

    private let state = Mutex(State())
    /// The processes to look at; nil: the machine.
    private let processes: @Sendable () -> [ProcessStatus]?

    init(of processes: @escaping @Sendable () -> [ProcessStatus]?) { self.processes = processes }

    /// Nanoseconds used since the first look.
    var total: UInt64 {
        guard let processes = processes() else { return Self.ofMachine }
        return state.withLock { state in
            var seen: [Key: UInt64] = [:]
            for process in processes {
                let key = Key(id: process.id, start: process.start)
                let before = state.seen[key] ?? process.processorTime
                state.total += process.processorTime - min(before, process.processorTime)
                seen[key] = process.processorTime
            }
            state.seen = seen
            return state.total
        }
    }

    /// What all processors have done but idling, from the first line of `/proc/stat`.
    private static var ofMachine: UInt64 {
        let text = (try? Files.read("/proc/stat", limit: 1 << 20)) ?? []
        let ticks = text.prefix { $0 != UInt8(ascii: "\n") }.split(separator: UInt8(ascii: " ")).dropFirst()
            .compactMap {
                UInt64(String(decoding: $0, as: UTF8.self))
            }
        // user, nice, system, idle, iowait, irq, softirq, …
        return ticks.enumerated().filter { $0.offset < 7 && $0.offset != 3 && $0.offset != 4 }
            .reduce(0) { $0 + $1.element } * ProcessStatus.nanosecondsOfTick
    }
}
