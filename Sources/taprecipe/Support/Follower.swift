import Diagnostics
import Engine
import Glibc
import Report
import StapMessages
import Synchronization
import Templater

/// Tells on standard output what happens in a run as it does (`--follow`): a line of JSON for each thing.
final class Follower: Sendable {
    private let script: SourceFile
    private let map: SourceMap
    private let lines: LineStream
    private let watch = Mutex<Task<Void, Never>?>(nil)

    /// Creates one for a script; `brokenOff` is called where nobody reads any more.
    init(_ script: Script, brokenOff: @escaping @Sendable () -> Void) {
        self.script = script.text
        map = script.map
        lines = LineStream(
            omission: { FollowLine.omitted(lines: $0).bytes(at: Surroundings.preciseNow) },
            brokenOff: brokenOff)
    }

    /// Tells the first line; from then on the recorder's records are told, too, where they may still go on.
    func begin(_ line: FollowLine, _ recorder: RunRecorder) {
        tell([line])
        let task = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(250))
                recorder.tellOpenRecords()
            }
        }
        watch.withLock { $0 = task }
    }

    /// Tells some lines.
    func tell(_ told: [FollowLine]) {
        for line in told { lines.add(line.bytes(at: Surroundings.preciseNow)) }
    }

    /// Tells of an event, where it is one to tell of.
    func note(_ event: RunEvent) {
        switch event {
        case .phase(let phase): tell([.phase(phase.rawValue)])
        case .message(let message) where message.severity > .note: tell([line(of: message)])
        case .limitRaised(let limit, let from, let to):
            tell([.limitRaised(name: limit.name, from: from, to: to)])
        case .restarted: tell([.restarted])
        case .outputCut(let bytes): tell([.loss(Loss(.outputCut(atBytes: UInt64(clamping: bytes))))])
        case .ending(let reason): tell([.ending(reason.end)])
        case .retryFailed(let error):
            tell(
                error.diagnostics(in: script).map {
                    .message(severity: $0.severity.rawValue, text: $0.message, place: nil)
                })
        case .line, .commandLine, .message, .pass: break
        }
    }

    /// Tells the last line; why it could not be told is returned, as the run may have more to do than to fail.
    func end(with line: FollowLine) async -> SystemFailure? {
        watch.withLock { $0 }?.cancel()
        return await lines.finish(line.bytes(at: Surroundings.preciseNow))
    }

    private func line(of message: StapMessage) -> FollowLine {
        let document = DiagnosticDocument(message.diagnostic(in: script), map: map)
        return .message(
            severity: document.severity, text: document.message,
            place: document.place.map { .init(file: $0.file, line: $0.line, column: $0.column) })
    }
}

extension EndingReason {
    /// The end that it leads to, in the summary's words.
    fileprivate var end: RunEnd {
        switch self {
        case .timeout: .timeout
        case .deadline: .deadline(phase: Phase.trace.rawValue)
        case .interrupt: .interrupted
        case .commandEnded: .exited
        case .guarded(let breach): .guarded(breach.words)
        }
    }
}
