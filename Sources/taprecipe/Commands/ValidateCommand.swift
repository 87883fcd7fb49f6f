import ArgumentParser
import Diagnostics
import RecipeModel

/// `taprecipe validate RECIPE …`: whether recipes, runbooks and scripts fit, without running anything.
struct ValidateCommand: ReadingCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract:
            "Check recipes, runbooks and scripts and, with their parameters, against the binaries' DWARF.",
        usage: """
            taprecipe validate RECIPE|FILE … [--PARAMETER VALUE …]
            taprecipe validate FILE.stp … [-- ARGUMENT …]
            taprecipe validate RUNBOOK.yaml … [--set NAME=VALUE]
            taprecipe validate --all-recipes
            """, helpNames: [])

    @OptionGroup var recipes: RecipeOptions
    @OptionGroup var print: PrintOptions

    @OptionGroup var target: TargetOptions

    @Flag(help: "Say of every recipe on the search path whether it can run on this machine, and why not.")
    var allRecipes = false

    @Flag(help: "Judge as if --allow-guru were given to run.")
    var allowGuru = false

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Set a variable of a runbook; may be repeated.", valueName: "name=value"))
    var variables: [String] = []

    @Option(help: "text or json.")
    var format: OutputFormat = .text

    @Flag(name: [.long, .short], help: "Show help; behind a recipe's name also that recipe's parameters.")
    var help = false

    @Argument(
        parsing: .allUnrecognized,
        help: ArgumentHelp(
            "Names of recipes, paths of their files, of runbooks or of SystemTap scripts (.stp), then parameters as "
                + "--NAME VALUE, given to every recipe that has them.",
            valueName: "recipe|file"),
        completion: RecipeCompletion.invocation)
    var words: [String] = []

    static var rehearsal: [DebugQuestion] { ScriptQuestion.rehearsal.map { .script($0) } }

    func run(with reader: DebugReader) throws {
        let console = print.console
        if help { return try showHelp(console) }
        let fetcher = DebugInfoFetcher(console: console)
        if allRecipes {
            if let word = words.first {
                throw UsageError("found '\(word)' beside '--all-recipes', expected one of the two")
            }
            return try survey(console, fetcher, reader)
        }
        let subjects = try ValidationSubjects(words, recipes: recipes)
        reader.isAskedOnce = subjects.subjects.count == 1 && !subjects.hasRunbook
        let group = try target.group()
        let results = try Validator(
            pid: try target.pid ?? group?.leader(), group: group, allowsGuru: allowGuru, fetcher: fetcher,
            reader: reader, library: recipes.library, variables: variables
        ).validate(subjects)
        switch format {
        case .json: try console.write(try JSONText.encode(ValidationDocument(results)))
        case .text:
            for result in results {
                for complaint in result.complaints {
                    console.report(complaint.diagnostics, map: complaint.map)
                }
                try console.write(result.text)
            }
            if results.count > 1 { try console.write(Validation.summary(results)) }
        }
        if results.contains(where: { $0.verdict == .doesNotFit }) { throw Exit(.checkFailed) }
    }

    private func survey(
        _ console: Console, _ fetcher: DebugInfoFetcher, _ reader: DebugReader
    ) throws {
        let survey = try RecipeSurvey(
            recipes.library, allowsGuru: allowGuru, fetcher: fetcher, reader: reader)
        switch format {
        case .json: try console.write(try JSONText.encode(RecipeSurveyDocument(survey)))
        case .text:
            console.report(survey.problems)
            for entry in survey.entries { console.report(entry.problems) }
            try console.write(survey.text)
        }
        if survey.entries.contains(where: { $0.state == .unsound }) { throw Exit(.checkFailed) }
    }

    private func showHelp(_ console: Console) throws {
        for name in words where !name.hasPrefix("-") && !name.hasSuffix(".stp") {
            let page = RecipeHelp(recipe: try recipes.find(name), width: console.width)
            try console.write("\(page.recipe.name): \(page.recipe.summary)\n\n\(page.parameters)\n")
        }
        try console.write(Self.helpMessage() + "\n")
    }
}
