import Diagnostics
import Engine
import Logging
import Lowering
import Resolver
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
    /// Nothing is touched.
    ///
    /// - Throws: A ``NoEngine`` where none can.
    init(
        for plan: RunPlan, _ request: RunRequest, _ settings: RunSettings, reader: DebugReader
    ) async throws(NoEngine) {
        let capability: Capability = request.module == nil ? .run : .load
        var facts = plan.recipeFacts(isGuruAllowed: settings.allowsGuru)
        var problems: [Diagnostic] = []
        if settings.engine != .stap, let resolved = plan.resolved {
            let builtIn = BuiltInEngine(
                plan.script, resolved, kernelRelease: plan.kernelRelease, hasTarget: request.target != .none,
                reader)
            if let engine = builtIn.engine, (try? engine.check(request)) != nil {
                self = .bpf(engine)
                return
            }
            problems = builtIn.problems
            facts.unsupported = problems.map(\.message)
        }
        let report = await Preflight.report([facts])
        if var error = report.noEngine(for: capability, among: settings.engines) {
            if settings.engines.count < settings.engine.engines.count {
                error.notes.append(
                    .init("stap: left out, as it does not tell what probes cost (max-overhead)"))
            }
            throw NoEngine(problems: problems, map: plan.script.map, reasons: error)
        }
        self = .stap(name: report.stapName)
    }

    /// The engine that would be chosen here, by whoever has the rights.
    struct Planned {
        var engine: Finding.Engine
        /// Why it cannot run here.
        var obstacle: Diagnostic?
        /// Whether it tells the kernel's stacks and symbols, for which it reads /proc/kallsyms.
        var readsKernelSymbols: Bool
    }

    /// What `--dry-run` speaks of.
    static func planned(
        for plan: RunPlan, _ settings: RunSettings, reader: DebugReader
    ) async -> Planned {
        var readsKernelSymbols = false
        let capability: Capability = plan.resolved == nil ? .load : .run
        var facts = plan.recipeFacts(isGuruAllowed: settings.allowsGuru)
        if settings.engine != .stap, let resolved = plan.resolved {
            let builtIn = BuiltInEngine(
                plan.script, resolved, kernelRelease: plan.kernelRelease, hasTarget: false, reader)
            facts.unsupported = builtIn.problems.map(\.message)
            readsKernelSymbols = builtIn.engine?.program.usesKernelSymbols ?? false
        }
        reader.end()
        let report = await Preflight.report([facts])
        let engines = settings.engines.filter { $0.capabilities.contains(capability) }
        func isPossible(_ keyPath: KeyPath<DoctorReport.Verdict, Bool>, _ engine: Finding.Engine) -> Bool {
            report.verdicts.contains {
                $0.engine == engine && $0.capability == capability && $0[keyPath: keyPath]
            }
        }
        let chosen =
            engines.first { isPossible(\.isPossible, $0) } ?? engines.first {
                isPossible(\.isPossibleAsRoot, $0)
            }
            ?? (facts.unsupported.isEmpty ? engines.first : engines.last) ?? .stap
        return Planned(
            engine: chosen, obstacle: report.noEngine(for: capability, among: engines),
            readsKernelSymbols: readsKernelSymbols && chosen == .bpf)
    }

    /// What a summary calls it.
    var name: String {
        switch self {
        case .stap(let name): name
        case .bpf: "bpf \(taprecipeVersion)"
        }
    }

    /// Which it is.
    var engine: Finding.Engine {
        switch self {
        case .stap: .stap
        case .bpf: .bpf
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

/// That no engine can run something here.
struct NoEngine: Error {
    /// What of the script the built-in engine does not do.
    let problems: [Diagnostic]
    /// From the script to the recipe.
    let map: SourceMap
    /// For each engine what is missing, and what mends it.
    let reasons: Diagnostic

    /// Says it.
    func show(on console: Console) {
        console.report(problems, map: map)
        console.report([reasons])
    }
}

extension EngineChoice {
    /// The engines that may be taken, the first choice first.
    var engines: [Finding.Engine] {
        switch self {
        case .auto: [.bpf, .stap]
        case .bpf: [.bpf]
        case .stap: [.stap]
        }
    }
}

extension DoctorReport {
    /// SystemTap's engine with its version, such as `stap 4.8`.
    var stapName: String { stapVersion.map { "stap \($0)" } ?? "stap" }
}
