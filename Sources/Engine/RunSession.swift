import Logging
import Synchronization

/// What all phases of one run share: its request, its clock and how much of its budget is gone.
final class RunSession: Sendable {
    let request: RunRequest
    let interrupts: Interrupts
    let emit: @Sendable (RunEvent) -> Void
    let clock: any Clock<Duration>
    let logger: Logger
    /// The time since the run began.
    let elapsed: @Sendable () -> Duration

    private struct State {
        var phase: Phase?
        var since = Duration.zero
        var durations: [Phase: Duration] = [:]
    }
    private let state = Mutex(State())

    init(
        request: RunRequest, clock: any Clock<Duration>, interrupts: AsyncStream<Void>?,
        logger: Logger, emit: @escaping @Sendable (RunEvent) -> Void
    ) {
        func stopwatch<C: Clock<Duration>>(_ clock: C) -> @Sendable () -> Duration {
            let start = clock.now
            return { start.duration(to: clock.now) }
        }
        self.request = request
        self.clock = clock
        self.interrupts = Interrupts(interrupts)
        self.emit = emit
        self.logger = logger
        let before = request.elapsedBefore
        let own = stopwatch(clock)
        elapsed = { before + own() }
    }

    /// The phase that goes on.
    var phase: Phase { state.withLock { $0.phase ?? .check } }

    /// How long each phase took so far.
    var durations: [Phase: Duration] {
        let now = elapsed()
        return state.withLock {
            var durations = $0.durations
            if let phase = $0.phase { durations[phase, default: .zero] += now - $0.since }
            return durations
        }
    }

    /// Ends the phase that goes on and begins another; nothing where it is the same.
    func enter(_ phase: Phase) {
        let now = elapsed()
        let isNew = state.withLock {
            guard $0.phase != phase else { return false }
            if let last = $0.phase { $0.durations[last, default: .zero] += now - $0.since }
            $0.phase = phase
            $0.since = now
            return true
        }
        guard isNew else { return }
        logger.debug("phase", metadata: ["name": "\(phase.rawValue)", "elapsed": "\(now)"])
        emit(.phase(phase))
    }

    /// How long a phase that begins now may take.
    func remaining(_ phase: Phase) -> Duration {
        request.budget.remaining(phase, elapsed: elapsed(), traced: durations[.trace] ?? .zero)
    }

    /// See ``Budget/politeness(elapsed:)``.
    var politeness: Duration { request.budget.politeness(elapsed: elapsed()) }
    /// See ``Budget/patience(elapsed:)``.
    var patience: Duration { request.budget.patience(elapsed: elapsed()) }

    /// Whether it is the run's deadline, not the phase's own budget, that bounds a phase that begins now.
    func isBoundByDeadline(_ phase: Phase) -> Bool {
        let (now, traced) = (elapsed(), durations[.trace] ?? .zero)
        var free = request.budget
        free.deadline = nil
        return request.budget.remaining(phase, elapsed: now, traced: traced)
            < free.remaining(phase, elapsed: now, traced: traced)
    }

    /// Throws where the user has interrupted.
    func checkInterrupt() throws(EngineError) {
        if interrupts.count > 0 { throw .interrupted(phase) }
    }
}
