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
            taprecipe test --live RECIPE … [--engine bpf|stap]
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

    @Flag(help: "Run them for real instead, on shipped programs that do what is known, with every engine.")
    var live = false

    @Option(help: "With --live, which engine: auto (each of them), bpf or stap.")
    var engine: EngineChoice = .auto

    @Flag(help: "With --live, also recipes that need SystemTap's guru mode.")
    var allowGuru = false

    @Option(help: "text or json.")
    var format: OutputFormat = .text

    @Argument(
        help: ArgumentHelp("Names of recipes, or paths of their files.", valueName: "recipe"),
        completion: RecipeCompletion.names)
    var names: [String] = []

    func run() throws {
        let console = print.console
        let subjects = try TestSubjects(names, all: all, recipes: recipes)
        if live { return try runLive(subjects, console) }
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

    private func runLive(_ subjects: TestSubjects, _ console: Console) throws {
        for case .failure(let error) in subjects.subjects.map(\.recipe) { console.report(error.diagnostics) }
        guard subjects.recipes.count == subjects.subjects.count else { throw Exit(.checkFailed) }
        let tests = LiveTests(
            recipes: subjects.recipes, engines: engine == .auto ? [.bpf, .stap] : [engine],
            allowsGuru: allowGuru, folders: recipes.folders)
        let proofs = try waiting { try await tests.run(on: console, format: format) }
        guard !proofs.isEmpty else {
            throw UsageError(
                "none of the recipes has a test with 'live'", notes: ["docs/recipes.md says how to write one"]
            )
        }
        if format == .json { try console.write(try JSONText.encode(LiveTestDocument(proofs))) }
        let status = LiveTests.status(of: proofs)
        if status != .success { throw Exit(status) }
    }
}
