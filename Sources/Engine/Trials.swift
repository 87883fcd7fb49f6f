import Diagnostics
import Logging
import RecipeModel
import StapMessages
import Templater

/// What runs a script once.
protocol TrialEngine: Sendable {
    /// One run with these limits.
    ///
    /// - Returns: How it went, and whether what was run came from a cache; nil where there is none.
    func attempt(
        _ attempt: Attempt, limits: Limits, session: RunSession, temporary: TemporaryDirectory
    ) async throws(EngineError) -> (TracePhase.Result, isFromCache: Bool?)
}

/// The attempts of one run: the script is run again, with a limit raised, while one was too small and there is
/// time.
struct Trials {
    let engine: any TrialEngine
    let session: RunSession
    let memory: LimitMemory
    let temporary: TemporaryDirectory

    /// What one attempt came to.
    private struct Trial {
        var outcome: RunOutcome
        /// The limit that ought to be larger.
        var needed: LimitName?
        var isAttached: Bool
    }

    private var request: RunRequest { session.request }

    func run() async throws(EngineError) -> RunOutcome {
        let began = targetBegan
        let outcome = try await repeated()
        if let began, targetBegan != began, case .pid(let target) = request.target {
            session.emit(
                .message(StapMessage(.warning, .other, text: "process \(target) ended while it was traced")))
        }
        return outcome
    }

    /// When the one process that is traced began, in ticks since the boot; nil where it is gone, or there is none.
    private var targetBegan: UInt64? {
        guard case .pid(let target) = request.target, request.group == nil else { return nil }
        return ProcessStatus(target)?.start
    }

    private func repeated() async throws(EngineError) -> RunOutcome {
        var limits = memory.starting(request)
        let isFromMemory = limits != request.script.limits.overridden(by: request.pinnedLimits)
        session.logger.debug(
            "limits", metadata: ["values": "\(limits.words)", "remembered": "\(isFromMemory)"])
        var raised = Limits()
        var before: (outcome: RunOutcome, raised: Limits)?
        for retries in 0... {
            let trial: Trial
            do throws(EngineError) {
                trial = try await attempt(limits, retries: retries)
            } catch {
                if let before { return abandoned(before.outcome, before.raised, because: error) }
                if isFromMemory, case .compileFailed = error { memory.forget(request.script.recipe) }
                throw error
            }
            var outcome = trial.outcome
            if !trial.isAttached {
                if let before {
                    let messages = outcome.messages.map(\.message).filter { $0.severity == .error }
                    let error: EngineError =
                        outcome.ending == .interrupted
                        ? .interrupted(.attach)
                        : messages.isEmpty ? .timedOut(.attach) : .compileFailed(messages)
                    return abandoned(before.outcome, before.raised, because: error)
                }
                // Limits that cannot be had (memory for MAXMAPENTRIES, say) must not stop every later run.
                if isFromMemory { memory.forget(request.script.recipe) }
            }
            guard let limit = trial.needed else { return remembered(outcome, raised) }
            if limit != .buffer { outcome.ending = .limitReached(limit) }
            let isBuilt = request.module != nil && limit != .buffer
            guard !isBuilt, let next = LimitPolicy.raised(limit, in: limits, pinned: request.pinnedLimits)
            else { return remembered(outcome, raised) }
            let worked = raised
            raised = LimitPolicy.setting(limit, to: next, in: raised)
            let value = LimitPolicy.value(limit, in: limits)
            guard retries < request.maximumRetries, session.interrupts.count == 0,
                session.remaining(.trace) > .zero, outcome.leftModule == nil
            else {
                session.emit(.limitForNextRun(limit, from: value, to: next))
                return remembered(outcome, raised)
            }
            session.emit(.limitRaised(limit, from: value, to: next))
            before = (outcome, worked)
            limits = LimitPolicy.setting(limit, to: next, in: limits)
            session.enter(.check)
        }
        fatalError("the attempts have no end")
    }

    private func attempt(_ limits: Limits, retries: Int) async throws(EngineError) -> Trial {
        let attempt = Attempt(
            maximumOutput: request.maximumOutput, isRepeat: retries > 0,
            isLast: retries >= request.maximumRetries, emit: session.emit)
        let (result, isFromCache) = try await engine.attempt(
            attempt, limits: limits, session: session, temporary: temporary)
        let log = attempt.log
        let ending = Ending(of: result, log: log, limits: limits)
        session.logger.debug(
            "attempt ended", metadata: ["how": "\(ending)", "status": "\(result.status)"])
        let outcome = RunOutcome(
            ending: ending, durations: session.durations, limits: limits, retries: retries,
            losses: attempt.losses, messages: log.messages, bytesOut: attempt.bytesOut,
            isFromCache: isFromCache, commandStatus: attempt.commandStatus,
            leavesProcesses: attempt.leavesProcesses, leftModule: result.leftModule)
        return Trial(
            outcome: outcome, needed: log.needed(after: ending), isAttached: result.isAttached)
    }

    /// What an attempt found is worth more than the reason why there is no better one.
    private func abandoned(_ outcome: RunOutcome, _ worked: Limits, because error: EngineError) -> RunOutcome
    {
        session.emit(.retryFailed(error))
        var outcome = outcome
        if case .interrupted = error { outcome.ending = .interrupted }
        return remembered(outcome, worked)
    }

    private func remembered(_ outcome: RunOutcome, _ raised: Limits) -> RunOutcome {
        if raised != Limits() {
            // Not to be able to remember is no reason to fail a run that is over.
            try? memory.remember(raised, for: request.script.recipe, in: request.directories.state)
        }
        var outcome = outcome
        outcome.durations = session.durations
        return outcome
    }
}

extension Limits {
    /// For the debug log: `MAXACTION=4000 -s 64`.
    var words: String {
        macros.sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key.rawValue)=\($0.value)" }
            .joined(separator: " ") + (bufferMegabytes.map { " -s \($0)" } ?? "")
    }
}
