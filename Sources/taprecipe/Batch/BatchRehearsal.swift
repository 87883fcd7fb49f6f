import Diagnostics
import Engine
import RecipeModel

/// What `batch --dry-run` prints: what the check found and what each step would do.
struct BatchRehearsal {
    private let plan: BatchPlan
    private let reader: DebugReader
    private let console: Console

    init(_ plan: BatchPlan, _ reader: DebugReader, _ console: Console) {
        self.plan = plan
        self.reader = reader
        self.console = console
    }

    func show() async throws {
        let together = plan.jobs > 1 ? ", up to \(plan.jobs) together" : ", one after the other"
        let budget = plan.budget.map { ", within \(DurationText.print($0))" } ?? ""
        let count = plan.steps.count
        try console.writeLine(
            "\(plan.name): \(count) step\(count == 1 ? "" : "s")\(count == 1 ? "" : together)\(budget)"
        )
        let column = (plan.steps.map(\.name.count).max() ?? 0) + 2
        var obstacles: [Diagnostic] = []
        for step in plan.steps {
            let planned = await ChosenEngine.planned(
                for: step.plan, step.order.settings, reader: reader)
            if var obstacle = planned.obstacle, !obstacles.contains(obstacle) {
                obstacles.append(obstacle)
                obstacle.severity = .warning
                console.report([obstacle])
            }
            let padding = String(repeating: " ", count: column - step.name.count)
            try console.writeLine("  \(step.name)\(padding)\(words(step, planned.engine.rawValue))")
        }
    }

    private func words(_ step: PlannedStep, _ engine: String) -> String {
        var text = "\(step.recipe.name): \(step.places) probed place\(step.places == 1 ? "" : "s")"
        if let program = step.plan.program { text += " in \(program.path)" }
        text += ", for \(DurationText.print(step.timeout)), engine \(engine)"
        if let condition = step.condition {
            let least = condition.least > 1 ? "\(condition.least) " : ""
            text += ", when '\(condition.step.value)' recorded \(least)\(condition.record.value)"
        }
        return text
    }
}
