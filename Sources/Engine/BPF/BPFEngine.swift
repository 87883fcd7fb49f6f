import BPF
import BPFCompiler
public import Diagnostics
import Glibc
import Interpreter
public import Logging
public import Lowering
public import RecipeModel
import StapMessages
import Synchronization
import Templater

/// The built-in engine: runs a script's probes as BPF programs, and the rest of it in this process.
///
/// It needs no compiler, no headers, no modules and no SystemTap. However a run ends, also by SIGKILL, the kernel
/// removes its programs and probes with its descriptors.
public struct BPFEngine: Sendable, TrialEngine {
    /// The script.
    public let program: Program
    /// The programs that hold a command until the probes are placed.
    public var tools: StapTools
    /// What times are measured with.
    public var clock: any Clock<Duration>
    /// Answers questions about binaries, as an `UnwindService` does; nil where this process reads them itself.
    public var readModule: (@Sendable ([UInt8]) throws -> [UInt8])?
    /// The process that ``readModule`` asks, which probes of programs leave out like this one; with true, it is started
    /// where it does not run yet.
    public var helperProcess: (@Sendable (_ isNeeded: Bool) -> Int32?)?
    /// Whether the process gives up, for good, the rights that it no longer needs once the probes are placed.
    public var givesUpRights = false
    /// Told at level debug what happens.
    public var logger: Logger
    private let compilation = Compilation()

    /// Creates an engine for a script; without a logger, one that says nothing.
    public init(
        _ program: Program, tools: StapTools = StapTools(), clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger = Logger(label: "taprecipe", factory: { _ in SwiftLogNoOpLogHandler() })
    ) {
        self.program = program
        self.tools = tools
        self.clock = clock
        self.logger = logger
    }

    /// Looks whether a request can be run here, without touching anything.
    ///
    /// - Throws: ``EngineError/unsupported(_:)`` with everything in the script that cannot, or what the machine lacks.
    public func check(_ request: RunRequest) throws(EngineError) {
        if request.script.guru, !request.allowsGuru { throw .guruNotAllowed }
        try checkScript(request)
        try KernelRights.require(hasTarget: request.target != .none)
    }

    /// Looks whether a request's script can be run by this engine on some machine like this one.
    ///
    /// - Throws: ``EngineError/unsupported(_:)`` with everything that cannot, or the error of a program to be probed.
    public func checkScript(_ request: RunRequest) throws(EngineError) {
        try checkScript(
            request.script.limits, release: request.kernelRelease, hasTarget: request.target != .none)
    }

    /// The same of limits, a kernel's release, and whether there is to be a target.
    ///
    /// - Returns: A note at each handler that cannot run in the kernel.
    @discardableResult
    public func checkScript(
        _ limits: Limits, release: String, hasTarget: Bool
    ) throws(EngineError) -> [Diagnostic] {
        let script: CompiledScript
        do {
            script = try compilation.script(
                program, for: .init(limits: limits, release: release, hasTarget: hasTarget))
            _ = try Interpreter(program, store: MemoryStore(program.globals))
        } catch {
            throw .unsupported(error.diagnostics)
        }
        for path in Set(program.probes.compactMap(\.path)).sorted() { _ = try LoadSegments(path: path) }
        return script.notesOnDeferral
    }

    /// Loads and runs the script, repeats it with raised limits where one was too small, and leaves nothing behind
    /// however it ends.
    ///
    /// The first element of `interrupts` ends the run politely (end probes print). Throws where nothing was traced.
    public func run(
        _ request: RunRequest, interrupts: AsyncStream<Void>? = nil,
        events: @escaping @Sendable (RunEvent) -> Void
    ) async throws(EngineError) -> RunOutcome {
        let session = RunSession(
            request: request, clock: clock, interrupts: interrupts, logger: logger, emit: events)
        session.enter(.check)
        try request.target.requireProcess()
        let temporary = try TemporaryDirectory(in: request.directories.temporary)
        return try await Trials(
            engine: self, session: session, memory: LimitMemory(directory: request.directories.state),
            temporary: temporary
        ).run()
    }

    func attempt(
        _ attempt: Attempt, limits: Limits, session: RunSession, temporary: TemporaryDirectory
    ) async throws(EngineError) -> (TracePhase.Result, isFromCache: Bool?) {
        let command = try HeldCommand.prepared(for: session, tools: tools, directory: temporary)
        let script: CompiledScript
        do {
            script = try compilation.script(
                program,
                for: .init(
                    limits: limits, release: session.request.kernelRelease,
                    hasTarget: session.request.target != .none))
        } catch {
            throw .unsupported(error.diagnostics)
        }
        let phase = BPFTracePhase(
            script, session: session, attempt: attempt, command: command, limits: limits,
            readModule: readModule, helperProcess: helperProcess, givesUpRights: givesUpRights)
        return (try await phase.run(), nil)
    }
}
