import ArgumentParser
import RecipeModel

/// A recipe's name and the words that only the recipe can make sense of.
struct RecipeInvocation: ParsableArguments {
    @Flag(name: [.long, .short], help: "Show help; behind a recipe's name also that recipe's parameters.")
    var help = false

    @Argument(
        help: ArgumentHelp("The recipe's name, or a path to its file.", valueName: "recipe"),
        completion: RecipeCompletion.invocation)
    var name: String?

    @Argument(
        parsing: .allUnrecognized,
        help: ArgumentHelp(
            "The recipe's parameters as --NAME VALUE; for run also '--' and a command to trace.",
            valueName: "parameters"),
        completion: RecipeCompletion.invocation)
    var parameters: [String] = []

    /// The recipe that is meant; nil where help was asked for and printed.
    func recipe(_ recipes: RecipeOptions, console: Console, help message: String) throws -> Recipe? {
        if help {
            if let name {
                let page = RecipeHelp(recipe: try recipes.find(name), width: console.width)
                try console.write("\(page.recipe.name): \(page.recipe.summary)\n\n")
                try console.write("\(page.parameters)\n")
            }
            try console.write(message + "\n")
            return nil
        }
        guard let name else {
            throw UsageError(
                "found no recipe, expected its name", notes: ["'taprecipe list' lists what there is to run"])
        }
        return try recipes.find(name)
    }
}
