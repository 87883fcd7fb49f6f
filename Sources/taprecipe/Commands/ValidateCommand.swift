import ArgumentParser
import Diagnostics
import RecipeModel
import Resolver
import Templater

/// `taprecipe validate RECIPE …`: whether the recipe fits, without running anything.
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check a recipe and, with its parameters, its script against the binary's DWARF.",
        usage: "taprecipe validate RECIPE [--PARAMETER VALUE …]", helpNames: [])

    @OptionGroup var recipes: RecipeOptions
    @OptionGroup var print: PrintOptions

    @Option(help: ArgumentHelp("Check against the program of this process.", valueName: "pid"))
    var pid: Int32?

    @OptionGroup var invocation: RecipeInvocation

    func run() throws {
        let console = print.console
        guard let recipe = try invocation.recipe(recipes, console: console, help: Self.helpMessage())
        else { return }
        let problems = Templater.check(recipe)
        try problems.throwIfErrors()
        console.report(problems)
        // Without arguments a recipe that requires some can only be checked for form.
        let isBare = invocation.parameters.isEmpty && pid == nil
        guard !isBare || !recipe.parameters.contains(where: \.isRequired) else {
            try console.writeLine(
                "\(recipe.name): the recipe is sound; give its parameters to check the script")
            return
        }
        let bound = try BoundRecipe(recipe, words: invocation.parameters, pid: pid)
        let checked = try CheckedScript(bound, pid: pid, fetcher: DebugInfoFetcher(console: console))
        console.report(checked.resolved.warnings, map: checked.script.map)
        let places = checked.resolved.points.count
        try console.writeLine("\(recipe.name): fits, \(places) probed place\(places == 1 ? "" : "s")")
        for point in checked.resolved.unchecked { try console.writeLine("  not checked: \(point.text)") }
    }
}
