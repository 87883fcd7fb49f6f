import ArgumentParser
import Diagnostics
import Engine
import Glibc
import RecipeModel
import Report

/// `taprecipe batch RUNBOOK …`: several runs, checked whole, with one report.
struct BatchCommand: ReadingCommand, UnattendedCommand {
    static let configuration = CommandConfiguration(
        commandName: "batch",
        abstract: "Run the steps of a runbook within a budget, and report what all of them found.")

    @Argument(help: ArgumentHelp("The runbook's file.", valueName: "runbook"), completion: .file())
    var runbook: String

    @OptionGroup var recipes: RecipeOptions
    @OptionGroup var print: PrintOptions
    @OptionGroup var limits: LimitOptions
    @OptionGroup var choices: BatchOptions
    @OptionGroup var guarding: GuardOptions
    @OptionGroup var form: BatchOutput
    @OptionGroup var unattended: UnattendedOptions
    @OptionGroup var keeping: KeepingOptions
    @OptionGroup var verbose: VerboseOptions

    @Flag(help: "Print what happens as it does, as lines of JSON; the last one holds the report.")
    var follow = false

    @Flag(help: "Check everything and say what would be run, but run nothing.")
    var dryRun = false

    @Flag(help: "Go on with the run of this runbook that was interrupted, killed or out of its budget.")
    var resume = false

    var subject: String { runbook }

    static var rehearsal: [DebugQuestion] { ScriptQuestion.rehearsal.map { .script($0) } }

    func run(with reader: DebugReader) throws {
        let console = print.console
        let lock = try unattended.lock(on: console)
        defer { withExtendedLifetime(lock) {} }
        let start = ContinuousClock.now
        let plan = try plan(console, reader)
        try waiting {
            if dryRun { return try await BatchRehearsal(plan, reader, console).show() }
            try plan.requireTrust(on: console)
            let course = BatchCourse(
                plan: plan, start: start, console: console, form: form, unattended: unattended,
                options: verbose.verbose ? ["--verbose"] : [], isFollowed: follow)
            throw Exit(try await course.run(resumes: resume, reader: reader), isTold: true)
        }
    }

    /// Checks the runbook; touches nothing.
    func plan(_ console: Console, _ reader: DebugReader) throws -> BatchPlan {
        if follow { try form.requireFollowable(isQuiet: unattended.quiet) }
        if access(runbook, F_OK) != 0, access(runbook + ".yaml", F_OK) == 0 {
            throw UsageError("found no runbook '\(runbook)' (did you mean '\(runbook).yaml'?)")
        }
        var settings = try choices.settings(limits, guarding)
        settings.keeper = try keeping.keeper
        let runbook = try Surroundings.bundles.files.runbook(runbook).onThisHost(settings.variables)
        let watch = DeadlineWatch(settings.budget ?? runbook.budget, console: console)
        defer { _ = watch.handOver() }
        return try BatchPlan(
            runbook, settings, library: recipes.library,
            fetcher: DebugInfoFetcher(console: console, deadline: watch), reader: reader)
    }
}
