import ArgumentParser
import Diagnostics
import RecipeModel

/// Where recipes are looked for.
struct RecipeOptions: ParsableArguments {
    @Option(
        name: .customLong("recipes"),
        help: ArgumentHelp("Look for recipes in this folder first; may be repeated.", valueName: "dir"),
        completion: .directory)
    var folders: [String] = []

    /// The recipes on the search path.
    var library: RecipeLibrary {
        RecipeLibrary(
            SearchPath(
                options: folders, environment: Surroundings.environment,
                executable: Surroundings.executablePath))
    }

    /// The recipe of a name; that there is none is a mistake of the command line.
    func find(_ name: String) throws -> Recipe { try library.named(name) }
}

extension RecipeLibrary {
    /// The recipe of a name; that there is none is a mistake of who names it, a `UsageError`.
    func named(_ name: String) throws -> Recipe {
        guard name.contains("/") || name.hasSuffix(".yaml") || names().contains(name) else {
            do {
                return try find(name)
            } catch {
                throw UsageError(error.diagnostics)
            }
        }
        return try find(name)
    }
}

/// How to print.
struct PrintOptions: ParsableArguments {
    @Option(help: "When to colour: auto, always or never.")
    var color: ColorChoice = .auto

    /// The console for this choice.
    var console: Console { Console(color: color, environment: Surroundings.environment) }
}

extension ColorChoice: ExpressibleByArgument {}

/// The form of what a command prints.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument { case text, json }
