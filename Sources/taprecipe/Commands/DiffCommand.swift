import ArgumentParser
import Report

/// `taprecipe diff OLD NEW`: what is different between two runs.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare two runs of a recipe: rows that are new, gone, grown or shrunk.",
        discussion: "Exits with 0 where nothing is different, with 10 where something is.")

    @OptionGroup var store: StoreOptions
    @OptionGroup var print: PrintOptions

    @Argument(
        help: "The earlier run: its number in the store, a file of 'export', or a summary in JSON.",
        completion: .file())
    var old: String

    @Argument(help: "The later run.", completion: .file())
    var new: String

    @Option(
        help: ArgumentHelp(
            "How much a sum, mean, least or greatest value, such as a time, must change to count: 10%, 500, or "
                + "10%,500 for more than both.", valueName: "change"))
    var threshold = ThresholdArgument(value: ChangeThresholds().amounts)

    @Option(
        help: ArgumentHelp("The same for counts; else every change of one counts.", valueName: "change"))
    var countThreshold = ThresholdArgument(value: ChangeThresholds().counts)

    @Option(help: "The form: text or json.")
    var format: OutputFormat = .text

    func run() throws {
        let console = print.console
        let (before, after) = (try RunSource(old, store: store), try RunSource(new, store: store))
        try RunSource.requireOneRecipe([before, after])
        let comparison = RunComparison(
            before.summary, after.summary,
            ChangeThresholds(counts: countThreshold.value, amounts: threshold.value))
        let renderer = ComparisonRenderer(.init(for: console))
        try console.write(format == .json ? renderer.json(comparison) : renderer.render(comparison))
        if !comparison.isEmpty { throw Exit(.recordFound) }
    }
}

/// A threshold of a command line.
struct ThresholdArgument: ExpressibleByArgument {
    let value: ChangeThreshold

    init(value: ChangeThreshold) { self.value = value }

    init?(argument: String) {
        guard let value = ChangeThreshold(argument) else { return nil }
        self.value = value
    }

    var defaultValueDescription: String { value.text }
}
