import Diagnostics
import Digests
import Engine
import RecipeModel

/// What the process of a step is to do, as its file states it; everything in it has been checked before.
struct StepOrder: Codable {
    /// The recipe's file, and those of the recipes that it extends, the nearest first.
    var files: [String]
    /// The digest of those files as they were checked.
    var recipeDigest: String
    /// The runbook's limits, over the recipe's.
    var limits: Limits
    /// The parameters and the command, as words of a command line.
    var words: [String]
    var settings: RunSettings
    /// Where the summary is to be written.
    var summary: String

    init(_ recipe: Recipe, limits: Limits, words: [String], settings: RunSettings) {
        files = recipe.files.map(Surroundings.absolute)
        recipeDigest = SHA256.hex(of: recipe.bytes)
        (self.limits, self.words, self.settings) = (limits, words, settings)
        summary = ""
    }

    /// The recipe, with the runbook's limits.
    ///
    /// - Throws: That its file is another than the one that was checked, or cannot be read.
    func load() throws -> Recipe {
        var recipe = try Surroundings.bundles.files.recipe(in: files)
        guard SHA256.hex(of: recipe.bytes) == recipeDigest else {
            throw UsageError("'\(files[0])' was changed after it was checked")
        }
        recipe.limits = recipe.limits.overridden(by: limits)
        return recipe
    }
}
