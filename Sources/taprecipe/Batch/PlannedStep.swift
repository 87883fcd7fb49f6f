import Diagnostics
import RecipeModel
import Resolver

/// A step that has been checked.
struct PlannedStep {
    let name: String
    /// Where the runbook states it; nil where a command line does.
    var place: SourceRange?
    /// When it is run at all.
    var condition: RunbookStep.Condition?
    let plan: RunPlan
    /// What its process is to do, but for when it must end and where its summary goes.
    let order: StepOrder
    /// Whether it depends on the folder in which the runbook is run.
    var dependsOnFolder = false

    var recipe: Recipe { plan.bound.recipe }

    /// How long it traces.
    var timeout: Duration { order.settings.timeout ?? recipe.timeout }

    /// How many places its probes stand for.
    var places: Int { plan.resolved?.points.count ?? 0 }
}
