import ArgumentParser
import RecipeModel
import Report

/// `taprecipe run RECIPE …`: check, run, summarize.
struct RunCommand: ReadingCommand, UnattendedCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Check a recipe, run it for a bounded time, and summarize what it found.",
        usage: "taprecipe run RECIPE … [--PARAMETER VALUE …] [options] [-- COMMAND …]", helpNames: [])

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

    @Flag(help: "Print what happens as it does, as lines of JSON; the last one holds the summary or report.")
    var follow = false

    @Option(
        help: ArgumentHelp("Exit with 10 when a record of this name was found.", valueName: "record"),
        completion: RecipeCompletion.records)
    var failIf: String?

    @Flag(help: "Check everything and say what would be run, but run nothing.")
    var dryRun = false

    @OptionGroup var unattended: UnattendedOptions
    @OptionGroup var keeping: KeepingOptions
    @OptionGroup var verbose: VerboseOptions
    @OptionGroup var invocation: RecipeInvocation

    var subject: String { invocation.name ?? "run" }

    static var rehearsal: [DebugQuestion] { ScriptQuestion.rehearsal.map { .script($0) } }

    func run(with reader: DebugReader) throws {
        try waiting { try await trace(with: reader) }
    }

    private func trace(with reader: DebugReader) async throws {
        let console = print.console
        let lock = try unattended.lock(on: console)
        defer { withExtendedLifetime(lock) {} }
        if isOfSeveral { return try await several(console, reader) }
        let run = try course(console, reader)
        guard let plan = try plan(run) else { return }
        if dryRun { return try await run.rehearse(plan) }
        let result = try await run.trace(plan, to: form, verbose: verbose)
        await unattended.notify(
            result.status, of: plan.bound.recipe.name,
            report: TextRenderer(for: console, isFile: true).render(result.summary), on: console)
        throw Exit(result.status, isTold: true)
    }

    /// Whether further recipes stand behind the first one's name.
    var isOfSeveral: Bool {
        !invocation.help && invocation.parameters.first.map { !$0.hasPrefix("-") } == true
    }

    /// Runs several recipes as a runbook's steps.
    private func several(_ console: Console, _ reader: DebugReader) async throws {
        if module != nil || raw != nil || live {
            throw UsageError(
                "found '--module', '--raw' or '--live' with several recipes, expected one recipe")
        }
        let start = ContinuousClock.now
        let settings = try settings
        let watch = DeadlineWatch(settings.deadline, console: console)
        let names = [invocation.name].compactMap { $0 }
        let plan = try RecipePlanner(
            settings: settings, fetcher: DebugInfoFetcher(console: console, deadline: watch), reader: reader
        ).plan(try ValidationSubjects(names + invocation.parameters, recipes: recipes))
        _ = watch.handOver()
        if dryRun { return try await BatchRehearsal(plan, reader, console).show() }
        try plan.requireTrust(on: console)
        let course = BatchCourse(
            plan: plan, start: start, console: console, form: BatchOutput(form),
            unattended: unattended, options: verbose.verbose ? ["--verbose"] : [], isFollowed: follow)
        throw Exit(try await course.run(resumes: false, reader: reader), isTold: true)
    }

    /// The run that is asked for; its deadline begins now.
    private func course(_ console: Console, _ reader: DebugReader) throws -> RecipeRun {
        let settings = try settings
        return RecipeRun(
            settings: settings, console: console,
            watch: DeadlineWatch(settings.deadline, console: console), reader: reader)
    }

    /// Checks what is to be run; touches nothing, and is nil where help was asked for and printed.
    func plan(_ console: Console, _ reader: DebugReader) throws -> RunPlan? {
        let run = try course(console, reader)
        defer { _ = run.watch.handOver() }
        return try plan(run)
    }

    private func plan(_ run: RecipeRun) throws -> RunPlan? {
        if let module, let name = invocation.name, !invocation.help {
            return try run.plan(module: module, recipe: name, words: invocation.parameters)
        }
        return try invocation.recipe(recipes, console: run.console, help: Self.helpMessage())
            .map { try run.plan($0, words: invocation.parameters) }
    }

    var settings: RunSettings {
        get throws {
            guard module == nil || engine != .bpf else {
                throw UsageError("found '--engine bpf' with '--module', but modules are SystemTap's")
            }
            if follow { try form.requireFollowable(isQuiet: unattended.quiet) }
            let group = try target.group()
            let settings = RunSettings(
                pid: try target.pid ?? group?.leader(), group: group,
                timeout: try timeout?.duration("--timeout"),
                deadline: try deadline?.duration("--deadline"), engine: engine, module: module,
                limits: try limits.limits, allowsGuru: limits.allowGuru,
                allowsReturnProbes: limits.allowReturnProbes,
                maximumOutput: try maxOutput?.bytes("--max-output"), mayRetry: !noRetry, failIf: failIf,
                summaryFile: form.output, raw: raw, isLive: live, isFollowed: follow,
                isQuiet: unattended.quiet, guards: try guarding.guards, keeper: try keeping.keeper,
                keepsRights: unattended.notifyCommand != nil)
            try settings.requireKeptGuards()
            return settings
        }
    }
}
