import Diagnostics
import Engine
import Logging
import Lowering
import Resolver
import StapLanguage
import Templater

/// The engine that a run is made with.
enum ChosenEngine {
    /// SystemTap's; its name with its version.
    case stap(name: String)
    /// The built-in one, with the script as it takes it.
    case bpf(BPFEngine)

    /// Chooses: what was asked for, or else the built-in engine where it can run the whole script here, or else
    /// SystemTap's.
    ///
    /// - Throws: An ``Exit`` where none can; the reasons of each have been shown.
    init(
        _ choice: EngineChoice, for plan: RunPlan, _ request: RunRequest, _ facts: RecipeFacts, module: String?,
        reader: DebugReader, on console: Console
    ) async throws {
        if module != nil || choice == .stap {
            guard choice != .bpf else {
                throw UsageError("found '--engine bpf' with '--module', but modules are SystemTap's")
            }
            let name = try await Preflight.require(module == nil ? .run : .load, of: facts, kernelRelease: nil)
            reader.end()
            self = .stap(name: name)
            return
        }
        let problems: [Diagnostic]
        do {
            let engine = try Self.builtIn(plan, reader)
            try engine.check(request)
            self = .bpf(engine)
            return
        } catch let error as DiagnosticsError {
            problems = error.diagnostics
        } catch let error as EngineError {
            problems = error.diagnostics(in: plan.script.text)
        }
        reader.end()
        if choice == .auto, let name = await Preflight.stap(.run, of: facts) {
            self = .stap(name: name)
            return
        }
        console.report(problems, map: plan.script.map)
        if choice == .auto { _ = try await Preflight.require(.run, of: facts, kernelRelease: nil) }
        throw Exit(.noEngine)
    }

    /// The built-in engine with a plan's script.
    private static func builtIn(_ plan: RunPlan, _ reader: DebugReader) throws -> BPFEngine {
        guard let resolved = plan.resolved else {
            throw DiagnosticsError(.error("a compiled module is SystemTap's alone"))
        }
        let tapset = InstalledTapset(
            .init(folder: InstalledTapset.folder, kernelRelease: plan.kernelRelease, isGuru: plan.script.guru))
        let tree = try ScriptParser.parse(
            plan.script.text, options: ScriptParser.Options(facts: tapset.facts, macros: tapset.macros))
        var engine = BPFEngine(try Program(tree, resolved))
        // The run's own thread alone asks from now on.
        nonisolated(unsafe) let reader = reader
        engine.readModule = { try reader.module($0) }
        return engine
    }

    /// What a summary calls it.
    var name: String {
        switch self {
        case .stap(let name): name
        case .bpf: "bpf"
        }
    }

    /// Runs a request.
    func run(
        _ request: RunRequest, _ logger: Logger, _ interrupts: AsyncStream<Void>,
        events: @escaping @Sendable (RunEvent) -> Void
    ) async throws(EngineError) -> RunOutcome {
        switch self {
        case .stap:
            return try await StapEngine(logger: logger).run(request, interrupts: interrupts, events: events)
        case .bpf(var engine):
            engine.logger = logger
            return try await engine.run(request, interrupts: interrupts, events: events)
        }
    }
}
