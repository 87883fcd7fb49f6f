import ArgumentParser
import Diagnostics
import Report

/// `taprecipe merge FILE …`: one summary of the runs of many hosts.
struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Make one report of a recipe's runs on many hosts: what is on which.")

    @OptionGroup var store: StoreOptions
    @OptionGroup var print: PrintOptions

    @Argument(
        help: "Files of 'export', summaries in JSON, or numbers in the store.", completion: .file())
    var runs: [String]

    @OptionGroup var form: SummaryOptions

    func run() throws {
        let draft = try form.begin()
        let sources = try runs.map { try RunSource($0, store: store) }
        if let first = sources.first, let other = sources.first(where: { $0.recipe != first.recipe }) {
            throw UsageError(
                "'\(first.name)' is a run of '\(first.recipe)' and '\(other.name)' one of '\(other.recipe)', "
                    + "expected runs of one recipe")
        }
        let console = print.console
        if Set(sources.map(\.summary.facts.recipeDigest)).count > 1 {
            console.report([
                .warning("the runs are of different versions of the recipe '\(sources[0].recipe)'")
            ])
        }
        let report = FleetReport(sources.map { ($0.name, $0.summary) })
        try form.write(report.summary, to: draft, console: console)
    }
}

extension RunSource {
    fileprivate var recipe: String { summary.facts.recipe }
}
