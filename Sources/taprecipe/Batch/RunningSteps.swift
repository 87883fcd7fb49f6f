import Engine
import Glibc
import Synchronization

/// The processes of the steps that run now, and whether the user has interrupted them.
final class RunningSteps: Sendable {
    private struct State {
        var handles: [Int: ChildProcess.Handle] = [:]
        var wasInterrupted = false
    }

    private let state = Mutex(State())

    /// Whether the user interrupted the runbook.
    var wasInterrupted: Bool { state.withLock { $0.wasInterrupted } }

    /// Takes note of a step's process; interrupts it at once where that has come already.
    func add(_ step: Int, _ handle: ChildProcess.Handle) {
        let isLate = state.withLock { state in
            state.handles[step] = handle
            return state.wasInterrupted
        }
        if isLate { handle.signal(SIGINT) }
    }

    /// Forgets a step's process, which has ended.
    func remove(_ step: Int) { state.withLock { $0.handles[step] = nil } }

    /// Interrupts all of them: the first time they end politely, the second time at once.
    func interrupt() {
        let handles = state.withLock { state in
            state.wasInterrupted = true
            return Array(state.handles.values)
        }
        for handle in handles { handle.signal(SIGINT) }
    }
}
