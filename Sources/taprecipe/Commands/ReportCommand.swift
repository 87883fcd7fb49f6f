import ArgumentParser
import Diagnostics
import Glibc
import RecipeModel
import Report

/// `taprecipe report FILE`: the summary of a saved output, or that of a run that was exported.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract:
            "Summarize output that was saved earlier, also by plain stap, or show a run that was exported.")

    @OptionGroup var recipes: RecipeOptions
    @OptionGroup var print: PrintOptions

    @Argument(
        help: "The saved output, '-' for standard input; or a file of 'export', or a summary in JSON.",
        completion: .file())
    var file: String

    @Option(help: "The recipe whose records a saved output holds.", completion: RecipeCompletion.names)
    var recipe: String?

    @OptionGroup var form: SummaryOptions

    @Option(
        help: ArgumentHelp("Exit with 10 when a record of this name was found.", valueName: "record"),
        completion: RecipeCompletion.records)
    var failIf: String?

    func run() throws {
        let console = print.console
        let summary = try recipe.map { try savedOutput(of: $0, console) } ?? RunSource(file: file).summary
        try form.write(summary, to: try form.begin(), console: console)
        if let failIf, summary.count(of: failIf) ?? 0 > 0 { throw Exit(.recordFound) }
        if summary.verdict.grade == .inconclusive { throw Exit(.inconclusive) }
    }

    private func savedOutput(of name: String, _ console: Console) throws -> Summary {
        if RunSource.isBundle(file: file) {
            throw UsageError(
                "found '--recipe' with a run bundle, which brings its summary along",
                notes: [
                    "leave '--recipe' out, or summarize what the script printed: "
                        + "unzip -p \(file) output.txt | taprecipe report - --recipe \(name)"
                ])
        }
        let recipe = try recipes.find(name)
        var builder = try SummaryBuilder(
            recipe, maximumStringLength: recipe.limits.macros[.MAXSTRINGLEN].map { Int(clamping: $0) })
        do {
            if file == "-" {
                try SavedOutput.read(descriptor: STDIN_FILENO, name: "standard input", into: &builder)
            } else {
                try SavedOutput.read(path: file, into: &builder)
            }
        } catch {
            console.report([.error(error.description)])
            throw Exit(.failure)
        }
        return builder.finish(RunFacts(recipe: recipe.name, savedOutput: file))
    }
}
