import Engine
import RecipeModel
import Resolver

extension RunPlan {
    /// What the doctor needs to know of the recipe.
    func recipeFacts(isGuruAllowed: Bool) -> RecipeFacts {
        RecipeFacts(
            name: bound.recipe.name, needsGuru: bound.recipe.guru, isGuruAllowed: isGuruAllowed,
            probesPrograms: resolved?.probesPrograms ?? true,
            needsDebugInfo: false, hasTarget: target != .none)
    }
}
