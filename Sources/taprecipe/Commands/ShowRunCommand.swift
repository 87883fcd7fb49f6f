import ArgumentParser
import Report

/// `taprecipe show-run ID`: a stored run's summary, in any form.
struct ShowRunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show-run", abstract: "Show the summary of a run that the run store has.")

    @OptionGroup var store: StoreOptions
    @OptionGroup var print: PrintOptions

    @Argument(help: "The run's number in the store ('taprecipe history'), or a file of 'taprecipe export'.")
    var id: String

    @OptionGroup var form: SummaryOptions

    func run() throws {
        let summary = try RunSource(id, store: store).summary
        try form.write(summary, to: try form.begin(), console: print.console)
    }
}
