import ArgumentParser

/// `taprecipe run RECIPE …`: check, run, summarize.
struct RunCommand: ReadingCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Check a recipe, run it for a bounded time, and summarize what it found.",
        usage: "taprecipe run RECIPE [--PARAMETER VALUE …] [options] [-- COMMAND …]", helpNames: [])

    @OptionGroup var recipes: RecipeOptions
    @OptionGroup var print: PrintOptions
    @OptionGroup var limits: LimitOptions

    @OptionGroup var target: TargetOptions

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

    @OptionGroup var guarding: GuardOptions
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

    @OptionGroup var verbose: VerboseOptions
    @OptionGroup var invocation: RecipeInvocation

    static var rehearsal: [DebugQuestion] { ScriptQuestion.rehearsal.map { .script($0) } }

    func run(with reader: DebugReader) throws {
        try waiting { try await trace(with: reader) }
    }

    private func trace(with reader: DebugReader) async throws {
        let console = print.console
        let settings = try settings
        let run = RecipeRun(
            settings: settings, console: console,
            watch: DeadlineWatch(settings.deadline, console: console), reader: reader)
        guard let plan = try plan(run, console) else { return }
        if dryRun { return try await run.rehearse(plan) }
        throw Exit(try await run.trace(plan, to: form, verbose: verbose).status)
    }

    /// nil where help was asked for and printed.
    private func plan(_ run: RecipeRun, _ console: Console) throws -> RunPlan? {
        if let module, let name = invocation.name, !invocation.help {
            return try run.plan(module: module, recipe: name, words: invocation.parameters)
        }
        return try invocation.recipe(recipes, console: console, help: Self.helpMessage())
            .map { try run.plan($0, words: invocation.parameters) }
    }

    private var settings: RunSettings {
        get throws {
            guard module == nil || engine != .bpf else {
                throw UsageError("found '--engine bpf' with '--module', but modules are SystemTap's")
            }
            let group = try target.group()
            return RunSettings(
                pid: try target.pid ?? group?.leader(), group: group,
                timeout: try timeout?.duration("--timeout"),
                deadline: try deadline?.duration("--deadline"), engine: engine, module: module,
                limits: try limits.limits, allowsGuru: limits.allowGuru,
                maximumOutput: try maxOutput?.bytes("--max-output"), mayRetry: !noRetry, failIf: failIf,
                summaryFile: form.output, raw: raw, isLive: live, guards: try guarding.guards(engine))
        }
    }
}
