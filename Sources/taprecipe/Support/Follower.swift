import Diagnostics
import Engine
import Glibc
import Report
import StapMessages
import Synchronization
import Templater

/// Tells on standard output what happens in a run as it does (`--follow`): a line of JSON for each thing.
///
/// A run never waits for who reads that.
final class Follower: Sendable {
    private let script: SourceFile
    private let map: SourceMap
    private let step: String?
    private let stream: FollowStream
    private let watch = Mutex<Task<Void, Never>?>(nil)

    /// Creates one for a script, which may be that of a batch's step; `brokenOff` is called where nobody reads any more.
    init(_ script: Script, of step: String? = nil, brokenOff: @escaping @Sendable () -> Void) {
        self.script = script.text
        map = script.map
        self.step = step
        stream = FollowStream(.ofTheWork(), brokenOff: brokenOff)
    }

    /// Tells the first line; from then on the recorder's records are told, too, where they may still go on.
    func begin(_ line: FollowLine, _ recorder: RunRecorder) {
        tell([line])
        let task = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(250))
                if Task.isCancelled { return }
                recorder.tellOpenRecords()
            }
        }
        watch.withLock { $0 = task }
    }

    /// Tells some lines.
    func tell(_ told: [FollowLine]) { stream.tell(told, of: step) }

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
        case .line, .commandLine, .message, .pass, .limitForNextRun: break
        }
    }

    /// Tells the last line.
    ///
    /// - Returns: nil; where it could not be told, which is said, what the command ends with.
    func end(with line: FollowLine, on console: Console) async -> ExitStatus? {
        watch.withLock { $0 }?.cancel()
        return await stream.end(with: line, of: step, on: console)
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
