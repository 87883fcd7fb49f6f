import Diagnostics
import Logging
import RecipeModel
import StapMessages
import Synchronization

/// The course of a trace as both engines have it: probes are placed, the command runs, and the first reason that comes
/// ends it.
final class TraceCourse: Sendable {
    /// How far it is.
    struct State: Sendable {
        /// Whether the probes were placed.
        var isAttached = false
        /// Whether it has ended by itself, so that nothing need end it.
        var isOver = false
        /// Why it was ended.
        var reason: EndingReason?
        /// Which phase the deadline came in, where that was the reason.
        var deadlinePhase: Phase?
    }

    let session: RunSession
    let attempt: Attempt
    let command: HeldCommand?
    let alarms: Alarms
    private let current = Mutex(State())
    private let overhead = Mutex<(@Sendable () -> Double?)?>(nil)

    init(session: RunSession, attempt: Attempt, command: HeldCommand?) {
        self.session = session
        self.attempt = attempt
        self.command = command
        alarms = Alarms(clock: session.clock)
    }

    /// How far it is.
    var state: State { current.withLock { $0 } }

    /// The probes are placed: the time runs, and so does the command.
    func attached(stop: @escaping @Sendable () -> Void) {
        let isFirst = current.withLock {
            guard !$0.isAttached else { return false }
            $0.isAttached = true
            return true
        }
        guard isFirst else { return }
        attempt.begin()
        session.enter(.trace)
        let reason: EndingReason = session.isBoundByDeadline(.trace) ? .deadline : .timeout
        alarms.after(session.remaining(.trace)) { self.end(reason, stop: stop) }
        watch(session.request.guards, stop: stop)
        command?.release()
    }

    /// Has the guards ask this for what the probes cost the target lately.
    func measure(_ share: @escaping @Sendable () -> Double?) { overhead.withLock { $0 = share } }

    private func watch(_ guards: RunGuards, stop: @escaping @Sendable () -> Void) {
        guard !guards.isEmpty else { return }
        alarms.every(.seconds(1)) { [self] in
            let share = overhead.withLock { $0 }?()
            if let breach = guards.breach(load: RunGuards.load, overhead: share) {
                end(.guarded(breach), stop: stop)
            }
        }
    }

    /// Begins to end it, by `stop`, for the first reason that comes; with `unlessAttached` only while probes are still
    /// being placed.
    func end(_ reason: EndingReason, unlessAttached: Bool = false, stop: () -> Void) {
        let phase = session.phase
        let isFirst = current.withLock {
            guard $0.reason == nil, !$0.isOver, !(unlessAttached && $0.isAttached) else { return false }
            $0.reason = reason
            if reason == .deadline { $0.deadlinePhase = phase }
            return true
        }
        guard isFirst else { return }
        session.logger.debug(
            "ending the run", metadata: ["reason": "\(reason)", "phase": "\(phase.rawValue)"])
        session.emit(.ending(reason))
        stop()
    }

    /// It has ended by itself, if nothing has ended it.
    func finish() { current.withLock { $0.isOver = true } }

    /// Starts the command, held, tells its process id to `started`, and ends the trace with it by `stop`.
    func follow(
        _ command: HeldCommand, started: @escaping @Sendable (Int32) -> Void, stop: () -> Void
    ) async -> Result<Void, EngineError> {
        do throws(EngineError) {
            let emit = session.emit
            let status = try await command.run(started: started, line: { emit(.commandLine($0)) })
            let state = state
            // Who is ended with the trace has no status of its own.
            let isByItself = !state.isOver && state.reason == nil
            if isByItself { attempt.commandStatus = status }
            end(.commandEnded, stop: stop)
            if isByItself, state.isAttached, await command.leavesProcesses() {
                attempt.leavesProcesses = true
                session.emit(
                    .message(
                        StapMessage(
                            .warning, .other,
                            text: "the command has ended, but what it started goes on, untraced")))
            }
            return .success(())
        } catch {
            end(.commandEnded, stop: stop)
            // It outlives the run, which is whole without its end.
            guard case .stuck(let process) = error else { return .failure(error) }
            session.emit(.message(StapMessage(.warning, .other, text: process.words)))
            return .success(())
        }
    }
}
