import ArgumentParser
import FoundationEssentials

/// `taprecipe batch-step FILE`: one step of a runbook, in the process that `batch` starts for it.
struct StepCommand: ReadingCommand {
    static let configuration = CommandConfiguration(
        commandName: "batch-step", abstract: "Run one step of a runbook; for 'taprecipe batch' alone.",
        shouldDisplay: false)

    @OptionGroup var print: PrintOptions
    @OptionGroup var verbose: VerboseOptions

    @Argument(help: "The file that says what to do.")
    var order: String

    static var rehearsal: [DebugQuestion] { ScriptQuestion.rehearsal.map { .script($0) } }

    func run(with reader: DebugReader) throws {
        try waiting { try await step(with: reader) }
    }

    private func step(with reader: DebugReader) async throws {
        let console = print.console
        let order = try JSONDecoder().decode(
            StepOrder.self, from: Data(try InputFile(path: order).read(limit: 16 << 20)))
        let watch = DeadlineWatch(order.settings.deadline, console: console)
        let run = RecipeRun(settings: order.settings, console: console, watch: watch, reader: reader)
        let plan = try run.plan(try order.load(), words: order.words)
        let summary = StepSummaryFile(path: order.summary)
        throw Exit(try await run.trace(plan, to: summary, verbose: verbose).status)
    }
}
