import BPF
import Synchronization

/// What probes cost their target lately, as a share of the processor time that it uses.
///
/// The kernel counts how often each program has run and for how long (`BPF_ENABLE_STATS`). What it does not count is the
/// way there and back, which for a probe of a program is most of a hit.
final class OverheadMeter: Sendable {
    /// Nanoseconds of a probe of a program besides its handler: the trap, and the instruction carried out aside. (0.7 µs
    /// where the kernel carries it out itself, 9 where it is stepped through in a virtual machine.)
    private static let trap: UInt64 = 2000
    /// Less processor time than this says nothing of shares, in nanoseconds.
    private static let leastUse: UInt64 = 100_000_000
    /// How many readings a share is made of.
    private static let span = 5

    private struct Reading {
        var cost: UInt64
        var use: UInt64
    }

    private let programs: [(program: BPFProgram, isTrap: Bool)]
    private let use: @Sendable () -> UInt64
    /// Has the kernel count as long as it is there.
    private let counting: KernelObject
    private let readings = Mutex<[Reading]>([])

    /// Begins to count.
    ///
    /// - Parameters:
    ///   - programs: The programs, and whether a trap leads to each.
    ///   - use: The target's processor time so far, in nanoseconds.
    /// - Throws: What the kernel refused, which wants CAP_SYS_ADMIN.
    init(_ programs: [(program: BPFProgram, isTrap: Bool)], use: @escaping @Sendable () -> UInt64)
        throws(BPFError)
    {
        (self.programs, self.use) = (programs, use)
        counting = try BPFProgram.countRuns()
    }

    /// Takes a reading; the share since some readings ago, nil where there are not enough or the target was idle.
    func share() -> Double? {
        let cost = programs.reduce(UInt64(0)) { sum, item in
            let runs = item.program.runs
            return sum &+ runs.nanoseconds &+ (item.isTrap ? runs.count &* Self.trap : 0)
        }
        let now = Reading(cost: cost, use: use())
        return readings.withLock { readings in
            readings.append(now)
            if readings.count > Self.span { readings.removeFirst() }
            guard let first = readings.first, readings.count > 1, now.use > first.use &+ Self.leastUse else {
                return nil
            }
            return Double(now.cost &- first.cost) / Double(now.use - first.use)
        }
    }
}
