import Diagnostics
import Dispatch
import Engine
import Glibc
import Synchronization

/// Counts `--deadline` from the command's start, and ends the process where it comes during the check.
///
/// Reads of a file system that hangs cannot be called off, and nothing has been started that
/// would have to be ended. A transfer can be called off, and gets a little time to clean up (``transferring(_:)``).
final class DeadlineWatch: Sendable {
    private enum State {
        case checking
        case transferring
        /// The engine keeps the deadline.
        case handedOver
    }

    private let start = ContinuousClock.now
    private let deadline: Duration?
    private let state = Mutex(State.checking)
    /// How long a transfer may take to end: libdebuginfod asks once a second whether to go on.
    private static let grace = DispatchTimeInterval.seconds(3)

    /// Starts to count; nil: there is no deadline.
    init(_ deadline: Duration?, console: Console) {
        self.deadline = deadline
        guard let deadline else { return }
        let parts = deadline.components
        let nanoseconds = Int(clamping: parts.seconds).multipliedReportingOverflow(by: 1_000_000_000)
        guard !nanoseconds.overflow else { return }
        let end =
            DispatchTime.now()
            + .nanoseconds(nanoseconds.partialValue + Int(parts.attoseconds / 1_000_000_000))
        // Not on the tasks' own threads, which the check may hold up.
        DispatchQueue.global().asyncAfter(deadline: end) {
            if self.state.withLock({ $0 == .transferring }) {
                DispatchQueue.global().asyncAfter(deadline: end + Self.grace) { self.endProcess(console) }
            } else {
                self.endProcess(console)
            }
        }
    }

    /// Whether the deadline has come.
    var hasCome: Bool { deadline.map { ContinuousClock.now - start >= $0 } ?? false }

    /// Does work that looks at ``hasCome`` and then ends by itself.
    ///
    /// - Throws: What the work throws; ``EngineError`` where the deadline came in its time.
    func transferring<Value>(_ work: () throws -> Value) throws -> Value {
        state.withLock { $0 = .transferring }
        let result = Result { try work() }
        guard !hasCome else { throw EngineError.timedOut(.check) }
        state.withLock { $0 = .checking }
        return try result.get()
    }

    /// The engine keeps the deadline from here on; how much of it is gone.
    func handOver() -> Duration {
        state.withLock { $0 = .handedOver }
        return ContinuousClock.now - start
    }

    private func endProcess(_ console: Console) {
        state.withLock { state in
            guard state != .handedOver else { return }
            console.report(EngineError.timedOut(.check).diagnostics(in: nil))
            _exit(EngineError.timedOut(.check).status.rawValue)
        }
    }
}
