import ArgumentParser
import Diagnostics
import RecipeModel

/// Where recipes are looked for.
struct RecipeOptions: ParsableArguments {
    @Option(
        name: .customLong("recipes"),
        help: ArgumentHelp(
            "Look for recipes in this folder, or signed recipe bundle, first; may be repeated.",
            valueName: "dir"),
        completion: .file(extensions: ["taprecipe"]))
    var folders: [String] = []

    /// The recipes on the search path.
    var library: RecipeLibrary { RecipeLibrary(folders: folders) }

    /// The recipe of a name; that there is none is a mistake of the command line.
    func find(_ name: String) throws -> Recipe { try library.named(name) }
}

extension RecipeLibrary {
    /// The recipes on the search path of this process, the given folders first.
    init(folders: [String]) {
        self.init(
            SearchPath(
                options: folders, environment: Surroundings.environment,
                executable: Surroundings.executablePath), files: Surroundings.bundles.files)
    }

    /// The recipe of a name; that there is none is a mistake of who names it, a `UsageError`.
    func named(_ name: String) throws -> Recipe {
        guard !lacks(name) else {
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
