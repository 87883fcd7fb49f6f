import Engine
import Glibc
import Synchronization

/// The commands of this program that run in processes of their own now, and whether the user has interrupted them.
///
/// Each has a session of its own, so that what a terminal's interrupt reaches is this process alone: it passes it on.
final class RunningCommands: Sendable {
    private struct State {
        var handles: [ChildProcess.Handle] = []
        var wasInterrupted = false
    }

    private let state = Mutex(State())

    /// Whether the user interrupted them.
    var wasInterrupted: Bool { state.withLock { $0.wasInterrupted } }

    /// Does some work in which commands run; SIGINT, SIGTERM and SIGHUP interrupt them.
    ///
    /// To be called once in a process.
    func whileListening<Value>(_ work: () async throws -> Value) async rethrows -> Value {
        let signals = InterruptSignals()
        let listener = Task { for await _ in signals.stream { interrupt() } }
        defer { listener.cancel() }
        return try await work()
    }

    /// Takes note of a command's process; interrupts it at once where that has come already.
    func add(_ handle: ChildProcess.Handle) {
        let isLate = state.withLock { state in
            state.handles.removeAll(where: \.hasEnded)
            state.handles.append(handle)
            return state.wasInterrupted
        }
        if isLate { handle.signal(SIGINT) }
    }

    /// Interrupts all of them, unless that has come: a second time would end them at once.
    func end() { if !wasInterrupted { interrupt() } }

    /// Interrupts all of them: the first time they end politely, the second time at once.
    private func interrupt() {
        let handles = state.withLock { state in
            state.wasInterrupted = true
            return state.handles
        }
        // Those that have ended take no signal.
        for handle in handles { handle.signal(SIGINT) }
    }
}
