import Diagnostics
import RecipeModel
import Report

/// Where a recipe that extends others comes from.
struct RecipeOrigin {
    /// The file that the script stands in.
    let script: String
    private let recipe: Recipe

    init(_ recipe: Recipe) {
        self.recipe = recipe
        script = recipe.script.map.segments.first?.original.source.name ?? recipe.source.name
    }

    /// A comment for the script; nothing where the recipe extends none.
    var comment: String {
        recipe.bases.isEmpty
            ? ""
            : "# \(recipe.files.map(\.visible).joined(separator: ", which extends ")); script of \(script.visible)\n"
    }

    /// Lines for the recipe's page; nothing where the recipe is in no bundle and extends none.
    var lines: String { bundle + bases }

    private var bundle: String {
        guard let bundle = Surroundings.bundles.facts(of: recipe.source.name) else { return "" }
        return "Bundle: made \(bundle.created), signed by the key \(bundle.key): \(bundle.comment.visible)\n"
    }

    private var bases: String {
        guard !recipe.bases.isEmpty else { return "" }
        return "Extends: \(recipe.bases.map(\.name.visible).joined(separator: ", which extends "))\n"
            + "Its script is that of \(script.visible)\n"
    }
}
