import ArgumentParser
import Diagnostics
import Glibc
import RecipeModel
import Report

/// `taprecipe report FILE --recipe NAME`: the summary of a saved output.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Summarize output that was saved earlier, also by plain stap.")

    @OptionGroup var recipes: RecipeOptions
    @OptionGroup var print: PrintOptions

    @Argument(help: "The saved output; '-' for standard input.", completion: .file())
    var file: String

    @Option(help: "The recipe whose records it holds.", completion: RecipeCompletion.names)
    var recipe: String

    @OptionGroup var form: SummaryOptions

    @Option(
        help: ArgumentHelp("Exit with 10 when a record of this name was found.", valueName: "record"),
        completion: RecipeCompletion.records)
    var failIf: String?

    func run() throws {
        let console = print.console
        let recipe = try recipes.find(recipe)
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
        let summary = builder.finish(RunFacts(recipe: recipe.name, savedOutput: file))
        try form.write(summary, to: try form.begin(), console: console)
        if let failIf, summary.count(of: failIf) ?? 0 > 0 { throw Exit(.recordFound) }
        if summary.verdict.grade == .inconclusive { throw Exit(.inconclusive) }
    }
}
