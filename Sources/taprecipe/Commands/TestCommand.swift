import ArgumentParser
import Diagnostics
import RecipeModel
import RecipeTesting

/// `taprecipe test RECIPE …`: the tests that recipes hold of themselves.
struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run the tests that recipes hold ('tests:'), without a machine to trace.",
        usage: """
            taprecipe test RECIPE … [--renew] [--format json]
            taprecipe test --all
            """)

    @OptionGroup var recipes: RecipeOptions
    @OptionGroup var print: PrintOptions

    @Flag(help: "Test every recipe on the search path.")
    var all = false

    @Flag(
        help:
            "Write the scripts beside the recipes ('expands-to: FILE') anew before testing; review them then."
    )
    var renew = false

    @Option(help: "text or json.")
    var format: OutputFormat = .text

    @Argument(
        help: ArgumentHelp("Names of recipes, or paths of their files.", valueName: "recipe"),
        completion: RecipeCompletion.names)
    var names: [String] = []

    func run() throws {
        let console = print.console
        let subjects = try TestSubjects(names, all: all, recipes: recipes)
        let renewed = renew ? try subjects.recipes.flatMap(GoldenScripts.renew) : []
        let reports = subjects.subjects.map(RecipeTestReport.init)
        switch format {
        case .json: try console.write(try JSONText.encode(RecipeTestDocument(reports)))
        case .text:
            for report in reports { console.complain(report.complaints(isColored: console.colorsErrors)) }
            for path in renewed { try console.writeLine("wrote \(Console.safe(Array(path.utf8)))") }
            try console.write(RecipeTestReport.text(reports))
        }
        if reports.contains(where: { $0.verdict == .failed }) { throw Exit(.checkFailed) }
        // That nothing failed says nothing where nothing was tested.
        if reports.allSatisfy({ $0.verdict == .untested }) { throw Exit(.checkFailed) }
    }
}
