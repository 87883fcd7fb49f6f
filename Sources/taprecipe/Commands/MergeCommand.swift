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
        var sources: [RunSource] = []
        for run in runs {
            let source = try RunSource(run, store: store)
            if let same = sources.first(where: { $0.isOfSameRun(as: source) }) {
                print.console.report([
                    .warning("'\(source.name)' is the same run as '\(same.name)', which is counted once")
                ])
            } else {
                sources.append(source)
            }
        }
        try RunSource.requireOneRecipe(sources)
        let console = print.console
        if Set(sources.map(\.summary.facts.recipeDigest)).count > 1 {
            console.report([
                .warning(
                    "the runs are of different versions of the recipe '\(sources[0].summary.facts.recipe)'")
            ])
        }
        let report = FleetReport(sources.map { ($0.name, $0.summary) })
        console.report(report.cautions.map { .warning($0) })
        try form.write(report.summary, to: draft, console: console)
    }
}

extension RunSource {
    private var recipe: String { summary.facts.recipe }

    /// That what is to be put together can be.
    static func requireOneRecipe(_ sources: [RunSource]) throws {
        guard let first = sources.first, let other = sources.first(where: { $0.recipe != first.recipe })
        else { return }
        throw UsageError(
            "'\(first.name)' is a run of '\(first.recipe)' and '\(other.name)' one of '\(other.recipe)', "
                + "expected runs of one recipe")
    }

    /// Saved output does not tell when and where it was recorded; then its content decides nothing.
    fileprivate func isOfSameRun(as other: RunSource) -> Bool {
        summary.facts.started != nil && summary.facts == other.summary.facts
            && summary.recordCounts == other.summary.recordCounts && summary.tables == other.summary.tables
    }
}
