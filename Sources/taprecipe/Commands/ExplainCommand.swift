import ArgumentParser
import RecipeModel
import Resolver
import Templater

/// `taprecipe explain RECIPE …`: the places that would be probed, and how the program is read there.
struct ExplainCommand: ReadingCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Show the places that a recipe probes and how it reads the program's variables there.",
        usage: "taprecipe explain RECIPE [--PARAMETER VALUE …]", helpNames: [])

    @OptionGroup var recipes: RecipeOptions
    @OptionGroup var print: PrintOptions

    @Option(help: ArgumentHelp("Look at the program of this process.", valueName: "pid"))
    var pid: Int32?

    @OptionGroup var invocation: RecipeInvocation

    static var rehearsal: [DebugQuestion] { ScriptQuestion.rehearsal.map { .script($0) } }

    func run(with reader: DebugReader) throws {
        let console = print.console
        guard let recipe = try invocation.recipe(recipes, console: console, help: Self.helpMessage())
        else { return }
        let bound = try BoundRecipe(recipe, words: invocation.parameters, pid: pid)
        let checked = try CheckedScript(
            bound, pid: pid, fetcher: DebugInfoFetcher(console: console), reader: reader, withLoads: true)
        console.report(checked.resolved.warnings, map: checked.script.map)
        let builtIn = BuiltInEngine(
            checked.script, checked.resolved, kernelRelease: Surroundings.kernelRelease,
            hasTarget: pid != nil, reader)
        try console.write(Explanation(checked.resolved, problems: builtIn.problems).text)
        console.report(builtIn.notes, map: checked.script.map)
    }
}
