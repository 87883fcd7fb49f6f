import Diagnostics
import Glibc
import Logging
import RecipeModel
import StapMessages
import Synchronization

/// One run of a compiled module: attach, trace, flush.
///
/// How it is ended: SIGINT to staprun, which has end probes print, for the flush's budget; then SIGTERM, which
/// stapio takes as the same wish, for two seconds; then SIGTERM again, on which it unloads the module without
/// more ado, for two seconds (less, where the deadline is near); then SIGKILL to the whole group, after which `staprun -d` unloads the module. A
/// second interrupt goes through these steps without the long wait. A traced `--pid` is never signalled.
///
/// A staprun that even SIGKILL does not end is left behind with its module: the run fails with its id and state, and
/// lets go of its lock; the next run finds a module that is nobody's and cannot be unloaded, and says so.
final class TracePhase: Sendable {
    /// How one went.
    struct Result: Sendable {
        var status: ChildProcess.Status
        /// Whether the probes were placed.
        var isAttached: Bool
        /// Why the engine ended it, if it did.
        var reason: EndingReason?
        /// Whether the attach took too long.
        var isAttachOutOfTime: Bool
        /// Which phase the deadline came in, where that was the reason.
        var deadlinePhase: Phase?
        /// The module, where it could not be unloaded.
        var leftModule: String?
    }

    private struct State {
        var handle: ChildProcess.Handle?
        /// How many steps of ending it are taken.
        var step = 0
        var isHurried = false
    }

    private let course: TraceCourse
    private let tools: StapTools
    private let module: KernelModule
    private let state = Mutex(State())

    private var session: RunSession { course.session }
    private var attempt: Attempt { course.attempt }
    private var alarms: Alarms { course.alarms }

    init(session: RunSession, tools: StapTools, attempt: Attempt, module name: String, command: HeldCommand?)
    {
        course = TraceCourse(session: session, attempt: attempt, command: command)
        self.tools = tools
        module = KernelModule(name: name, tools: tools, clock: session.clock, logger: session.logger)
    }

    /// Runs the module from a file.
    func run(module path: String, limits: Limits, temporary: String) async throws(EngineError) -> Result {
        session.enter(.attach)
        await sweep()
        if !(await module.unload(within: .seconds(10))) { throw .staleModule(module.name) }
        try session.checkInterrupt()
        let outcome = await withTaskGroup(
            of: Swift.Result<ChildProcess.Status?, EngineError>.self
        ) { group in
            let (starts, start) = AsyncStream.makeStream(of: Int32?.self)
            if let command = course.command {
                group.addTask {
                    defer { start.finish() }
                    return await self.course.follow(
                        command, started: { start.yield($0) }, stop: { self.advance() }
                    ).map { nil }
                }
            } else if case .pid(let target) = session.request.target {
                start.yield(target)
                start.finish()
            } else {
                start.finish()
            }
            group.addTask {
                var target: Int32?
                for await id in starts { target = id; break }
                if self.course.command != nil, target == nil { return .success(nil) }
                return await self.runStaprun(
                    CommandLine.staprun(module: path, target: target, limits: limits), temporary)
            }
            var outcome: Swift.Result<ChildProcess.Status?, EngineError> = .success(nil)
            for await result in group {
                switch (result, outcome) {
                case (.failure, .success): outcome = result
                case (.success(.some), .success(nil)): outcome = result
                default: break
                }
            }
            return outcome
        }
        attempt.finish()
        let isUnloaded = await module.unload(within: .seconds(10))
        session.logger.debug("module", metadata: ["name": "\(module.name)", "gone": "\(isUnloaded)"])
        let end = course.state
        guard let status = try outcome.get() else {
            throw .cannotStart(tools.staprun, reason: "it did not start")
        }
        return Result(
            status: status, isAttached: end.isAttached, reason: end.reason,
            isAttachOutOfTime: end.reason == .deadline && !end.isAttached, deadlinePhase: end.deadlinePhase,
            leftModule: isUnloaded ? nil : module.name)
    }

    /// Unloads the modules that killed runs left: ours by name, and nobody holds their lock.
    private func sweep() async {
        for name in Files.list(tools.loadedModules)
        where name.hasPrefix(ModuleKey.namePrefix) && name != module.name {
            guard let lock = try? RunLock.acquire(module: name, in: session.request.directories.runtime)
            else { continue }
            let stray = KernelModule(name: name, tools: tools, clock: session.clock, logger: session.logger)
            // One that somebody uses, under another user's lock, does not let itself be unloaded.
            let isGone = await stray.unload(within: .seconds(2))
            session.logger.debug(
                "module without a run", metadata: ["name": "\(name)", "unloaded": "\(isGone)"])
            withExtendedLifetime(lock) {}
        }
    }

    private func runStaprun(_ arguments: [String], _ temporary: String) async
        -> Swift.Result<ChildProcess.Status?, EngineError>
    {
        let child = ChildProcess(
            executable: tools.staprun, arguments: arguments,
            environment: CommandLine.environment(
                session.request, systemtap: temporary, temporary: temporary),
            workingDirectory: temporary, setpriv: tools.setpriv, deathSignal: "INT",
            logger: session.logger)
        defer {
            course.finish()
            alarms.cancelAll()
            session.interrupts.listen(nil)
            course.command?.end()
        }
        do throws(EngineError) {
            let status = try await child.run(
                started: { self.started($0) },
                output: {
                    // Only placed probes print.
                    self.attached()
                    self.attempt.takeOutput($0)
                },
                error: { bytes in
                    for result in self.attempt.takeErrors(bytes) where result == 0 { self.attached() }
                })
            session.enter(.flush)
            return .success(status)
        } catch {
            return .failure(error)
        }
    }

    private func started(_ handle: ChildProcess.Handle) {
        // The command may have ended, or not have started, before staprun did.
        state.withLock { $0.handle = handle }
        if course.state.reason != nil { return advance() }
        alarms.after(session.remaining(.attach)) {
            self.course.end(.deadline, unlessAttached: true) { self.advance() }
        }
        session.interrupts.listen { count in
            self.end(.interrupt)
            if count > 1 { self.hurry() }
        }
    }

    private func attached() {
        if course.state.reason == nil { course.attached { self.advance() } }
    }

    private func end(_ reason: EndingReason) { course.end(reason) { advance() } }

    /// Takes the next step of ending the run and, later, the one after it.
    private func advance() {
        session.enter(.flush)
        let polite = session.politeness
        let (handle, step, isHurried) = state.withLock {
            guard $0.handle != nil else { return ($0.handle, 0, false) }
            $0.step += 1
            return ($0.handle, $0.step, $0.isHurried)
        }
        guard let handle, step > 0 else { return }
        let wait: Duration
        switch step {
        case 1:
            handle.signal(SIGINT)
            wait = isHurried ? .milliseconds(100) : polite
        case 2:
            handle.signal(SIGTERM)
            wait = isHurried ? .milliseconds(100) : session.patience
        case 3:
            handle.signal(SIGTERM)
            wait = session.patience
        default:
            handle.signal(SIGKILL, group: true)
            return
        }
        alarms.after(wait) {
            // A hurried step may have come in between.
            if self.state.withLock({ $0.step == step }) { self.advance() }
        }
    }

    /// The user interrupted again: the next steps follow at once.
    private func hurry() {
        let isNew = state.withLock { state in
            defer { state.isHurried = true }
            return !state.isHurried
        }
        if isNew { advance() }
    }
}
