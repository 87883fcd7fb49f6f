import Diagnostics
import Engine
import RecipeModel
import Templater

/// A module that `taprecipe compile` made, as something to run: the recipe and its arguments are in it.
struct PrecompiledModule {
    let path: String
    let manifest: ModuleManifest
    let recipe: Recipe

    /// Reads a module's manifest.
    ///
    /// - Throws: What is wrong with the file, or that it is another recipe's than the one that was named.
    init(path: String, recipe name: String) throws {
        self.path = Surroundings.absolute(path)
        manifest = try ModuleManifest(ofModule: path)
        let source = SourceFile(name: manifest.recipePath, bytes: Array(manifest.recipe.utf8))
        let bases = (manifest.bases ?? []).map { SourceFile(name: $0.path, text: $0.text) }
        recipe = try RecipeLoader.load(source, bases: .known(bases))
        // A recipe may have been named by its file.
        let named = name.split(separator: "/").last.map(String.init) ?? name
        guard named == recipe.name || named == recipe.name + ".yaml" else {
            throw UsageError("'\(path)' holds the recipe '\(recipe.name)', found '\(name)'")
        }
    }

    /// The recipe with the arguments that are compiled in, and the command behind `--`.
    func bound(words: [String]) throws -> BoundRecipe {
        let split = RecipeArguments(words) { _ in false }
        if let word = split.options.first.map({ "--\($0.name)" }) ?? split.strays.first {
            throw UsageError(
                "found '\(word)', but the parameters of a module are compiled in",
                notes: ["leave it out, or compile the recipe again with it"])
        }
        return BoundRecipe(recipe: recipe, arguments: manifest.arguments, command: split.command)
    }

    /// The script that the module was compiled from.
    ///
    /// - Throws: Where this taprecipe would make another one of the recipe, or a probed file is another build
    ///   here.
    func script() throws -> Script {
        let script = try Templater.expand(
            recipe, arguments: manifest.arguments, limits: manifest.limits)
        try manifest.requireScript(script.text.bytes, module: path)
        try manifest.requireProbedFiles(module: path)
        return script
    }
}
