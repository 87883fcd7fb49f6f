import ArgumentParser
import Diagnostics
import RecipeModel
import Templater

/// `taprecipe expand RECIPE …`: the plain SystemTap script that would run.
struct ExpandCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "expand",
        abstract: "Print the recipe's script with its parameters filled in, to read or to run with stap.",
        usage: "taprecipe expand RECIPE [--PARAMETER VALUE …]", helpNames: [])

    @OptionGroup var recipes: RecipeOptions
    @OptionGroup var print: PrintOptions
    @OptionGroup var invocation: RecipeInvocation

    func run() throws {
        let console = print.console
        guard let recipe = try invocation.recipe(recipes, console: console, help: Self.helpMessage())
        else { return }
        let bound = try BoundRecipe(recipe, words: invocation.parameters)
        let script = try Templater.expand(recipe, arguments: bound.arguments).text.text
        try console.write(RecipeOrigin(recipe).comment + script)
    }
}
