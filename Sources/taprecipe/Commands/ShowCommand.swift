import ArgumentParser
import Diagnostics
import RecipeModel

/// `taprecipe show RECIPE`: what a recipe tells, takes and costs.
struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show what a recipe tells, its parameters and its script.")

    @OptionGroup var recipes: RecipeOptions
    @OptionGroup var print: PrintOptions

    @Flag(help: "Show the script too, before its parameters are filled in.")
    var script = false

    @Argument(help: "The recipe's name, or a path to its file.", completion: RecipeCompletion.names)
    var recipe: String

    func run() throws {
        let recipe = try recipes.find(recipe)
        let console = print.console
        try console.write(RecipeHelp(recipe: recipe, width: console.width).page)
        if script { try console.write("\n\(recipe.script.text.text)") }
    }
}
