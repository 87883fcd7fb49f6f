import Diagnostics
import Dispatch
import Engine
import Glibc
import Synchronization

/// Counts `--deadline` from the command's start, and ends the process where it comes while the recipe is still
/// being checked: reads of a file system that hangs cannot be called off, and nothing has been started that
/// would have to be ended.
final class DeadlineWatch: Sendable {
    private let start = ContinuousClock.now
    private let isOver = Mutex(false)

    /// Starts to count; nil: there is no deadline.
    init(_ deadline: Duration?, console: Console) {
        guard let deadline else { return }
        let parts = deadline.components
        let nanoseconds = Int(clamping: parts.seconds).multipliedReportingOverflow(by: 1_000_000_000)
        guard !nanoseconds.overflow else { return }
        // Not on the tasks' own threads, which the check may hold up.
        DispatchQueue.global().asyncAfter(
            deadline: .now() + .nanoseconds(nanoseconds.partialValue + Int(parts.attoseconds / 1_000_000_000))
        ) {
            self.isOver.withLock { isOver in
                guard !isOver else { return }
                console.report(EngineError.timedOut(.check).diagnostics(in: nil))
                _exit(EngineError.timedOut(.check).status.rawValue)
            }
        }
    }

    /// The engine keeps the deadline from here on; how much of it is gone.
    func handOver() -> Duration {
        isOver.withLock { $0 = true }
        return ContinuousClock.now - start
    }
}
