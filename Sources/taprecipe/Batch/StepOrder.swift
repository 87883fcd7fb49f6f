import Diagnostics
import Engine
import RecipeModel

/// What the process of a step is to do, as its file states it; everything in it has been checked before.
struct StepOrder: Codable {
    /// The recipe's file.
    var recipe: String
    /// The digest of that file as it was checked.
    var recipeDigest: String
    /// The runbook's limits, over the recipe's.
    var limits: Limits
    /// The parameters and the command, as words of a command line.
    var words: [String]
    var settings: RunSettings
    /// Where the summary is to be written.
    var summary: String

    /// The recipe, with the runbook's limits.
    ///
    /// - Throws: That its file is another than the one that was checked, or cannot be read.
    func load() throws -> Recipe {
        var recipe = try RecipeLoader.load(path: recipe)
        guard SHA256.hex(of: recipe.source.bytes) == recipeDigest else {
            throw UsageError("'\(self.recipe)' was changed after it was checked")
        }
        recipe.limits = recipe.limits.overridden(by: limits)
        return recipe
    }
}
