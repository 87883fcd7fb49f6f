import ArgumentParser
import Diagnostics
import Engine
import Glibc
import RecipeModel
import Report
import Resolver
import Templater

/// `taprecipe run RECIPE …`: check, run, summarize.
struct RunCommand: ReadingCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Check a recipe, run it for a bounded time, and summarize what it found.",
        usage: "taprecipe run RECIPE [--PARAMETER VALUE …] [options] [-- COMMAND …]", helpNames: [])

    @OptionGroup var recipes: RecipeOptions
    @OptionGroup var print: PrintOptions
    @OptionGroup var limits: LimitOptions

    @Option(help: ArgumentHelp("Trace this process; it is never signalled.", valueName: "pid"))
    var pid: Int32?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How long to trace, such as 30s.", valueName: "duration"))
    var timeout: TimeArgument?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How long the whole run may take.", valueName: "duration"))
    var deadline: TimeArgument?

    @Option(
        help: ArgumentHelp(
            "Run this module, which 'taprecipe compile' made with its parameters.", valueName: "file"),
        completion: .file())
    var module: String?

    @Option(help: "Which engine: auto, bpf (built in) or stap.")
    var engine: EngineChoice = .auto

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Keep at most this much of the script's output.", valueName: "size"))
    var maxOutput: SizeArgument?

    @Flag(help: "Do not raise a limit that was too small and run again.")
    var noRetry = false

    @OptionGroup var form: SummaryOptions

    @Option(
        help: ArgumentHelp("Save the script's own output to this file.", valueName: "file"),
        completion: .file())
    var raw: String?

    @Flag(help: "Show the script's lines on standard error as they come.")
    var live = false

    @Option(
        help: ArgumentHelp("Exit with 10 when a record of this name was found.", valueName: "record"),
        completion: RecipeCompletion.records)
    var failIf: String?

    @Flag(help: "Check everything and say what would be run, but run nothing.")
    var dryRun = false

    @OptionGroup var store: StoreOptions
    @OptionGroup var storeLimits: StoreLimitOptions
    @OptionGroup var verbose: VerboseOptions
    @OptionGroup var invocation: RecipeInvocation

    static var rehearsal: [DebugQuestion] { ScriptQuestion.rehearsal.map { .script($0) } }

    func run(with reader: DebugReader) throws {
        try waiting { try await trace(with: reader) }
    }

    private func trace(with reader: DebugReader) async throws {
        let console = print.console
        guard module == nil || engine != .bpf else {
            throw UsageError("found '--engine bpf' with '--module', but modules are SystemTap's")
        }
        let limitsGiven = try limits.limits
        let timeoutGiven = try timeout?.duration("--timeout")
        let deadline = try deadline?.duration("--deadline")
        let maxOutput = try maxOutput?.bytes("--max-output")
        let keeper = try RunKeeper(store, storeLimits)
        let watch = DeadlineWatch(deadline, console: console)
        guard let plan = try plan(console, watch, reader) else { return }
        let recipe = plan.bound.recipe
        let timeout = timeoutGiven ?? recipe.timeout
        var request = plan.request(
            Budget(timeout: timeout, deadline: deadline), pinned: limitsGiven,
            allowsGuru: limits.allowGuru, module: module, reader: reader)
        let facts = plan.recipeFacts(isGuruAllowed: limits.allowGuru)
        if dryRun {
            let (planned, obstacle) = await ChosenEngine.planned(engine, for: plan, facts, reader: reader)
            try console.write(DryRun(plan: plan, timeout: timeout, request: request, engine: planned).text)
            return Preflight.warn(obstacle, path: module ?? recipe.source.name, on: console)
        }
        try Preflight.requireTrust(in: module ?? recipe.source.name)
        let chosen = try await ChosenEngine(
            engine, for: plan, request, facts, reader: reader, on: console)
        let rawDraft = try raw.map { try OutputFile(path: $0).begin() }
        let outputDraft = try form.begin()
        request.writesFiles = raw != nil || outputDraft != nil
        request.maximumRetries = noRetry ? 0 : request.maximumRetries
        request.maximumOutput = maxOutput ?? request.maximumOutput
        request.elapsedBefore = watch.handOver()
        let recorder = try RunRecorder(recipe, raw: rawDraft, keepsOutput: keeper != nil)
        let started = Surroundings.timestamp
        let outcome = try await TracedRun(plan: plan, engine: chosen, console: console, isLive: live).run(
            request, recorder: recorder, verbose: verbose)
        let summary = recorder.summary(
            plan.facts(outcome, engine: plan.moduleEngine ?? chosen.name, timeout: timeout, started: started))
        let status = outcome.status(of: summary, failIf: failIf)
        defer {
            keeper?.keep(
                summary, recipe: recipe.source.bytes, recorder: recorder, status: status, console: console)
        }
        try form.write(summary, to: outputDraft, console: console)
        // After the summary, which a full disk must not take along.
        try recorder.saveRaw()
        throw Exit(status)
    }

    /// Binds, expands and checks; touches nothing.
    ///
    /// nil where help was asked for and printed.
    private func plan(
        _ console: Console, _ watch: DeadlineWatch, _ reader: DebugReader
    ) throws -> RunPlan? {
        if let module, let name = invocation.name, !invocation.help {
            let compiled = try PrecompiledModule(path: module, recipe: name)
            guard try limits.limits.macros.isEmpty else {
                throw UsageError(
                    "found '--limit', but the limits of a module are compiled in",
                    notes: ["compile it again with other limits; only 'buffer' can be set here"])
            }
            let bound = try compiled.bound(words: invocation.parameters)
            let target = try target(of: bound)
            var script = try compiled.script()
            script.limits = script.limits.overridden(by: try limits.limits)
            var plan = RunPlan(
                bound: bound, script: script, resolved: nil, probed: compiled.manifest.probedFiles,
                target: target)
            plan.moduleEngine = compiled.manifest.engine
            return plan
        }
        guard let recipe = try invocation.recipe(recipes, console: console, help: Self.helpMessage())
        else { return nil }
        let bound = try BoundRecipe(recipe, words: invocation.parameters, pid: pid)
        let target = try target(of: bound)
        let checked = try CheckedScript(
            bound, limits: try limits.limits, pid: pid,
            fetcher: DebugInfoFetcher(console: console, deadline: watch), reader: reader,
            withLoads: engine != .stap)
        return RunPlan(
            bound: bound, script: checked.script, resolved: checked.resolved,
            probed: checked.probedFiles, target: target)
    }

    /// What to trace, once it is clear that the recipe may be run as it was asked for.
    private func target(of bound: BoundRecipe) throws -> RunTarget {
        let recipe = bound.recipe
        if let failIf, !recipe.records.contains(where: { $0.name == failIf }) {
            let names = recipe.records.map(\.name)
            throw UsageError(
                "recipe '\(recipe.name)' has no record '\(failIf)'"
                    + Likeness.suggestion(for: failIf, among: names),
                notes: ["its records are \(names.joined(separator: ", "))"])
        }
        if pid != nil, bound.command != nil {
            throw UsageError("found both '--pid' and a command behind '--', expected one target")
        }
        if recipe.guru, !limits.allowGuru {
            throw UsageError(
                "recipe '\(recipe.name)' needs stap's guru mode, which can change the traced system",
                notes: ["give --allow-guru if you trust \(recipe.source.name)"])
        }
        let target: RunTarget = pid.map { .pid($0) } ?? bound.command.map { .command($0) } ?? .none
        if recipe.needsTarget, target == .none { throw Self.noTarget(for: recipe) }
        return target
    }

    private static func noTarget(for recipe: Recipe) -> UsageError {
        UsageError(
            "recipe '\(recipe.name)' needs a process to trace",
            notes: ["give --pid PID, or '-- COMMAND ARGUMENTS' to start one"])
    }
}
