import Diagnostics
import Glibc
public import Logging
public import RecipeModel
public import StapMessages
import Templater

/// The SystemTap engine: compiles a script with stap and runs the module with staprun.
///
/// However a run ends, it leaves no process of its process groups, no module, no lock and no temporary file.
/// Where taprecipe itself is killed by SIGKILL, the kernel signals the programs that it started
/// (`PR_SET_PDEATHSIG`; not a set-user-ID staprun that another user than root started), locks end with it, and
/// the next run removes the temporary directory and unloads a module of the same name.
public struct StapEngine: Sendable, TrialEngine {
    /// The programs that it starts.
    public var tools: StapTools
    /// What times are measured with.
    public var clock: any Clock<Duration>

    /// Told at level debug: the command lines, the phases, what the cache held, and why it decided as it did.
    public var logger: Logger

    /// Creates an engine; without a logger, one that says nothing.
    public init(
        tools: StapTools = StapTools(), clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger = Logger(label: "taprecipe", factory: { _ in SwiftLogNoOpLogHandler() })
    ) {
        self.tools = tools
        self.clock = clock
        self.logger = logger
    }

    /// A kernel module made of a script.
    public struct CompiledModule: Sendable {
        /// Where it is: in the cache, or where that is full in a directory that goes with this value; copy it to
        /// keep it.
        public var path: String
        /// Its name in the kernel.
        public var name: String
        /// The limits that it was compiled with.
        public var limits: Limits
        /// Whether it was there already.
        public var isFromCache: Bool
        /// What stap said (warnings), none where it came from the cache.
        public var messages: [StapMessage]
        /// Keeps the file where it is not in the cache.
        var keeper: TemporaryDirectory?
    }

    /// Compiles the script for the request's kernel, or finds it compiled in the cache; runs nothing.
    ///
    /// Ends early, with ``EngineError/interrupted(_:)``, when `interrupts` yields.
    public func compile(
        _ request: RunRequest, interrupts: AsyncStream<Void>? = nil,
        events: @escaping @Sendable (RunEvent) -> Void
    ) async throws(EngineError) -> CompiledModule {
        let session = RunSession(
            request: request, clock: clock, interrupts: interrupts, logger: logger, emit: events)
        session.enter(.check)
        try check(request, compiles: true, runs: false)
        let temporary = try TemporaryDirectory(in: request.directories.temporary)
        let limits = LimitMemory(directory: request.directories.state)
            .starting(request)
        let (key, standIns) = try key(request, limits: limits, temporary: temporary)
        return try await CompilePhase(session: session, tools: tools, limits: limits, temporary: temporary)
            .module(key, standIns).module
    }

    /// Compiles and runs the script, repeats it with raised limits where one was too small, and leaves
    /// nothing behind however it ends.
    ///
    /// The first element of `interrupts` ends the run politely (end probes print), the second at once.
    /// Throws where staprun was not started; a run that was ends with an outcome.
    public func run(
        _ request: RunRequest, interrupts: AsyncStream<Void>? = nil,
        events: @escaping @Sendable (RunEvent) -> Void
    ) async throws(EngineError) -> RunOutcome {
        let session = RunSession(
            request: request, clock: clock, interrupts: interrupts, logger: logger, emit: events)
        session.enter(.check)
        try check(request, compiles: request.module == nil, runs: true)
        let temporary = try TemporaryDirectory(in: request.directories.temporary)
        return try await Trials(
            engine: self, session: session, memory: LimitMemory(directory: request.directories.state),
            temporary: temporary
        ).run()
    }

    /// One compile and run.
    func attempt(
        _ attempt: Attempt, limits: Limits, session: RunSession, temporary: TemporaryDirectory
    ) async throws(EngineError) -> (TracePhase.Result, isFromCache: Bool?) {
        let request = session.request
        let command = try HeldCommand.prepared(for: session, tools: tools, directory: temporary)
        let name: String
        let bytes: [UInt8]
        let lock: RunLock
        var isFromCache: Bool?
        if let path = request.module {
            bytes = try Files.readModule(path)
            guard let information = ModuleInformation(bytes) else { throw .notAModule(path) }
            guard information.kernelRelease == request.kernelRelease else {
                throw .moduleOfAnotherKernel(
                    path, release: information.kernelRelease, running: request.kernelRelease)
            }
            name = information.name
            lock = try RunLock.acquire(module: name, in: request.directories.runtime)
        } else {
            let (key, standIns) = try key(request, limits: limits, temporary: temporary)
            name = key.moduleName
            // Before the compile, so that a second run of the same says so at once.
            lock = try RunLock.acquire(module: name, in: request.directories.runtime)
            let compiled = try await CompilePhase(
                session: session, tools: tools, limits: limits, temporary: temporary
            ).module(key, standIns)
            bytes = compiled.bytes
            isFromCache = compiled.module.isFromCache
        }
        // staprun finds a module's control files by the name of the module's file.
        let path = temporary.path(name + ".ko")
        try Files.replace(path, with: bytes)
        let result = try await TracePhase(
            session: session, tools: tools, attempt: attempt, module: name, command: command
        ).run(module: path, limits: limits, temporary: temporary.path)
        withExtendedLifetime(lock) {}
        return (result, isFromCache)
    }

    func key(
        _ request: RunRequest, limits: Limits, temporary: TemporaryDirectory?
    ) throws(EngineError) -> (ModuleKey, CompilePhase.StandIns) {
        /// A full disk under the cache costs the next run its time, not this one its result.
        func inCache<Value>(
            _ make: (String) throws(EngineError) -> Value
        ) throws(EngineError) -> Value {
            do {
                return try make(request.directories.cache)
            } catch {
                guard case .cannotWrite(let path, let reason) = error, let temporary else { throw error }
                logger.debug("not kept in the cache", metadata: ["path": "\(path)", "reason": "\(reason)"])
                return try make(temporary.path)
            }
        }
        var standIns = CompilePhase.StandIns()
        let buildTree = tools.buildTree(request.kernelRelease)
        if RuntimePatch.needed(buildTree: buildTree, runtime: tools.runtime) {
            standIns.runtime = try inCache { cache throws(EngineError) in
                try RuntimePatch.copy(of: tools.runtime, in: cache)
            }
        }
        standIns.kernelTree = try inCache { cache throws(EngineError) in
            try KernelTree.standIn(
                for: request.kernelRelease, buildTree: buildTree, script: request.script.text.bytes,
                in: cache)
        }
        let key = try ModuleKey(
            request, limits: limits, tools: tools, runtime: standIns.runtime, kernelTree: standIns.kernelTree)
        logger.debug(
            "module",
            metadata: [
                "key": "\(key.digest)", "runtime": "\(standIns.runtime ?? "stap's own")",
                "kernel tree": "\(standIns.kernelTree ?? "its own")",
            ])
        return (key, standIns)
    }

    /// What can be known before anything is touched.
    private func check(_ request: RunRequest, compiles: Bool, runs: Bool) throws(EngineError) {
        if request.script.guru, !request.allowsGuru { throw .guruNotAllowed }
        var needed: [(String, String)] = [(tools.setpriv, "util-linux")]
        if compiles { needed.append((tools.stap, "systemtap")) }
        if runs { needed.append((tools.staprun, "systemtap-runtime")) }
        if case .command = request.target { needed.append((tools.flock, "util-linux")) }
        for (tool, package) in needed {
            if access(tool, X_OK) == 0 { continue }
            throw errno == EACCES
                ? .toolNotPermitted(tool) : .missingTool(tool, package: package)
        }
        try request.target.requireProcess()
    }
}
