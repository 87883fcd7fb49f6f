import Diagnostics
import Glibc
import Logging
import RecipeModel
import StapMessages
import Synchronization
import Templater

/// stap's passes 1 to 4: from a script to a module in the cache.
struct CompilePhase {
    let session: RunSession
    let tools: StapTools
    let limits: Limits
    let temporary: TemporaryDirectory

    /// What is gathered while stap runs.
    private final class Gathered: Sendable {
        struct State {
            var splitter = LineSplitter(maximumLength: 1 << 16)
            var parser = StapMessageParser()
            var log = MessageLog()
            /// How many signals it got.
            var stops = 0
            var isOutOfTime = false
        }
        let state = Mutex(State())
    }

    /// What stap gets in the place of what is installed.
    struct StandIns {
        /// See ``RuntimePatch``.
        var runtime: String?
        /// See ``KernelTree``.
        var kernelTree: String?
    }

    private var request: RunRequest { session.request }

    /// The module of a key, from the cache or from stap; its bytes are what was checked or just made.
    func module(_ key: ModuleKey, _ standIns: StandIns) async throws(EngineError) -> (
        module: StapEngine.CompiledModule, bytes: [UInt8]
    ) {
        let cache = ModuleCache(cache: request.directories.cache)
        if let bytes = cache.find(key) {
            session.logger.debug("cache hit", metadata: ["path": "\(cache.path(key))"])
            return (compiled(key, isFromCache: true), bytes)
        }
        session.logger.debug("cache miss", metadata: ["path": "\(cache.path(key))"])
        session.enter(.compile)
        let limit = session.remaining(.compile)
        // Another run may be compiling the same module: then it is waited for.
        var lock: FileLock?
        let start = session.elapsed()
        while true {
            lock = try cache.lock(key)
            if lock != nil { break }
            try session.checkInterrupt()
            guard session.elapsed() - start < limit else { throw .timedOut(.compile) }
            try? await session.clock.sleep(for: .milliseconds(100))
        }
        defer { withExtendedLifetime(lock) {} }
        if let bytes = cache.find(key) {
            return (compiled(key, isFromCache: true), bytes)
        }
        let messages = try await runStap(key, standIns, limit: session.remaining(.compile))
        let made = temporary.path("\(key.moduleName).ko")
        let bytes = try Files.read(made)
        var module = compiled(key, isFromCache: false, messages)
        do {
            try cache.store(bytes, key)
        } catch {
            // A full disk under the cache costs the next run its time, not this one its result.
            session.emit(.message(.notCached(error)))
            module.path = made
            module.keeper = temporary
        }
        return (module, bytes)
    }

    private func compiled(
        _ key: ModuleKey, isFromCache: Bool, _ messages: [StapMessage] = []
    ) -> StapEngine.CompiledModule {
        .init(
            path: ModuleCache(cache: request.directories.cache).path(key), name: key.moduleName,
            limits: limits, isFromCache: isFromCache, messages: messages)
    }

    private func runStap(_ key: ModuleKey, _ standIns: StandIns, limit: Duration) async throws(EngineError)
        -> [StapMessage]
    {
        guard limit > .zero else { throw .timedOut(.compile) }
        let script = temporary.path(StapMessageParser.scriptName)
        try Files.write(request.script.text.bytes, to: script)
        // stap's own cache of what it finds out about a kernel (a minute's work for tracepoints), apart from
        // any user's ~/.systemtap and its rc file. Modules it takes from there bear our key in their name.
        let systemtap = request.directories.cache + "/systemtap"
        try Files.makePrivateDirectory(systemtap)
        unlink(systemtap + "/rc")
        let child = ChildProcess(
            executable: tools.stap,
            arguments: CommandLine.stap(
                request, limits: limits, module: key.moduleName, script: script,
                runtime: standIns.runtime, kernelTree: standIns.kernelTree),
            wrapper: tools.modesty,
            environment: CommandLine.environment(
                request, systemtap: systemtap, temporary: temporary.path),
            workingDirectory: temporary.path, setpriv: tools.setpriv, logger: session.logger)
        let gathered = Gathered()
        let alarms = Alarms(clock: session.clock)
        let session = session
        session.emit(.pass(1))
        let status = try await child.run(
            started: { handle in
                let stop: @Sendable (Bool) -> Void = { atOnce in
                    let stops = gathered.state.withLock {
                        $0.stops += atOnce ? 2 : 1
                        return $0.stops
                    }
                    handle.signal(stops > 1 ? SIGKILL : SIGTERM, group: true)
                    alarms.after(session.patience + .seconds(1)) { handle.signal(SIGKILL, group: true) }
                }
                alarms.after(limit) {
                    gathered.state.withLock { $0.isOutOfTime = true }
                    stop(false)
                }
                session.interrupts.listen { count in stop(count > 1) }
            },
            output: { _ in },
            error: { bytes in
                let items = gathered.state.withLock { state in
                    var items: [StapMessageParser.Item] = []
                    state.splitter.feed(Array(bytes)[...]) { line in items += state.parser.take(line) }
                    return items.filter { Self.note($0, in: &state.log) }
                }
                Self.tell(items, to: session)
            })
        alarms.cancelAll()
        session.interrupts.listen(nil)
        let rest = gathered.state.withLock { state in
            var items: [StapMessageParser.Item] = []
            state.splitter.finish { line in items += state.parser.take(line) }
            items += state.parser.finish()
            return items.filter { Self.note($0, in: &state.log) }
        }
        Self.tell(rest, to: session)
        if case .stuck(let process) = status { throw .stuck(process) }
        try session.checkInterrupt()
        let (log, isOutOfTime) = gathered.state.withLock { ($0.log, $0.isOutOfTime) }
        if isOutOfTime { throw .timedOut(.compile) }
        switch status {
        case .exited(0): return log.messages.map(\.message)
        case .exited: throw .compileFailed(log.errorsFirst)
        case .signalled(let number): throw .compilerKilled(signal: number)
        case .stuck(let process): throw .stuck(process)
        }
    }

    /// Notes a message; whether the item is worth telling.
    private static func note(_ item: StapMessageParser.Item, in log: inout MessageLog) -> Bool {
        if case .message(let message) = item { return log.add(message) }
        return true
    }

    private static func tell(_ items: [StapMessageParser.Item], to session: RunSession) {
        for item in items {
            switch item {
            // Errors are what a failed compile is thrown with, and follow from having been ended otherwise.
            case .message(let message):
                if message.severity < .error { session.emit(.message(message)) }
            case .pass(let number, let words):
                session.logger.debug("pass done", metadata: ["number": "\(number)", "words": "\(words)"])
                if number < 4 { session.emit(.pass(number + 1)) }
            case .started: break
            }
        }
    }
}

extension StapMessage {
    /// That a module could not be kept.
    fileprivate static func notCached(_ error: EngineError) -> StapMessage {
        let words = error.diagnostics(in: nil).first?.message ?? "\(error)"
        return StapMessage(.warning, .other, text: "the compiled module is not kept for later runs: " + words)
    }
}
