import ArgumentParser
import Diagnostics
import Report

/// `taprecipe history`: the runs that the store has.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "List the runs in the run store, the latest first.")

    @OptionGroup var store: StoreOptions
    @OptionGroup var print: PrintOptions

    @Option(help: "Only runs of this recipe.", completion: RecipeCompletion.names)
    var recipe: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Only runs since then: 2h or 7d ago, or 2026-11-27 03:00 (UTC).", valueName: "time"))
    var since: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("At most so many.", valueName: "number"))
    var limit = 20

    @Option(help: "The form: text or json.")
    var format: OutputFormat = .text

    func run() throws {
        let console = print.console
        guard limit > 0 else { throw UsageError("found '--limit \(limit)', expected a number above 0") }
        let words = ["\(limit)", "\(try since.map(start) ?? 0)"] + (recipe.map { [$0] } ?? [])
        let answer = try store.answer("history", words)
        switch format {
        case .json: try console.write(String(decoding: answer, as: UTF8.self))
        case .text:
            try console.write(HistoryRenderer(.init(for: console)).render(try RunHistory(json: answer)))
        }
    }

    /// The time that is meant, in seconds since 1970.
    private func start(_ text: String) throws -> Int64 {
        if let seconds = UTCTime.seconds(text) { return seconds }
        let others = ", or a time such as 2026-11-27 03:00"
        return Surroundings.now - (try AgeText.seconds(text, option: "--since", others: others))
    }
}
