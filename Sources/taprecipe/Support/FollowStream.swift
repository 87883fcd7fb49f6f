import Diagnostics
import Glibc
import Report

/// What `--follow` tells on standard output, for a run, a saved output or a batch.
struct FollowStream: Sendable {
    private let lines: LineStream

    /// Opens it; `brokenOff` is called where nobody reads any more.
    init(_ pace: LineStream.Pace, brokenOff: @escaping @Sendable () -> Void = {}) {
        lines = LineStream(
            pace: pace, omission: { FollowLine.omitted(lines: $0).bytes(at: Surroundings.preciseNow) },
            brokenOff: brokenOff)
    }

    /// Whether nobody can be told any more.
    var isBroken: Bool { lines.failure != nil }

    /// Tells some lines, of a batch those of a step; those that are kept are told however slow the reader is.
    func tell(_ told: [FollowLine], of step: String? = nil, areKept: Bool = false) {
        for line in told { lines.add(line.bytes(at: Surroundings.preciseNow, of: step), isKept: areKept) }
    }

    /// Tells a line as another process wrote it, with its line end.
    func pass(_ line: [UInt8]) { lines.add(line) }

    /// Tells the last line and waits until the reader has all.
    ///
    /// - Returns: nil; where it could not be told, which is said, what the command ends with.
    func end(with line: FollowLine, of step: String? = nil, on console: Console) async -> ExitStatus? {
        let failure = await lines.finish(line.bytes(at: Surroundings.preciseNow, of: step))
        guard let failure else { return nil }
        guard failure.code == EPIPE else { return console.report(failure) }
        console.report([Diagnostic(.note, "the reader of standard output has left")])
        return .interrupted
    }
}
