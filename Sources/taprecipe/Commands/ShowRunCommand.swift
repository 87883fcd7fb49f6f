import ArgumentParser
import Report

/// `taprecipe show-run ID`: a stored run's summary, in any form, or the recipe that ran.
struct ShowRunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show-run", abstract: "Show the summary of a run that the run store has.")

    @OptionGroup var store: StoreOptions
    @OptionGroup var print: PrintOptions

    @Argument(help: "The run's number in the store ('taprecipe history'), or a file of 'taprecipe export'.")
    var id: String

    @Flag(
        help: "Show the recipe's file as it ran instead, and behind it those of the recipes that it extends.")
    var recipe = false

    @OptionGroup var form: SummaryOptions

    func run() throws {
        let source = try RunSource(id, store: store)
        guard recipe else {
            return try form.write(source.summary, to: try form.begin(), console: print.console)
        }
        guard form.format == nil, form.output == nil else {
            throw UsageError("found '--recipe' with '--format' or '--output', which are the summary's")
        }
        let kept = try KeptRecipe(of: source)
        print.console.report(kept.doubts)
        try print.console.write(kept.text)
    }
}
