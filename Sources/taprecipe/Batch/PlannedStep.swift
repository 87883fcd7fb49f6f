import RecipeModel
import Resolver

/// A step that has been checked.
struct PlannedStep {
    let step: RunbookStep
    let plan: RunPlan
    /// What its process is to do, but for when it must end and where its summary goes.
    let order: StepOrder

    var name: String { step.name.value }
    var recipe: Recipe { plan.bound.recipe }

    /// How long it traces.
    var timeout: Duration { order.settings.timeout ?? recipe.timeout }

    /// How many places its probes stand for.
    var places: Int { plan.resolved?.points.count ?? 0 }
}
