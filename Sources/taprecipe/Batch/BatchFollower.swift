import RecipeModel
import Report

/// Tells on standard output what happens in a batch as it does (`--follow`): what its steps tell, whole lines of several
/// steps among each other, and when each begins and ends.
///
/// As a run's, it never holds up the batch for its reader.
final class BatchFollower: Sendable {
    private let steps: [(name: String, recipe: String, timeout: Duration)]
    private let stream: FollowStream

    /// Tells the first line; `brokenOff` is called where nobody reads any more.
    init(_ plan: BatchPlan, brokenOff: @escaping @Sendable () -> Void) {
        steps = plan.steps.map { ($0.name, $0.recipe.name, $0.timeout) }
        stream = FollowStream(.ofTheWork(), brokenOff: brokenOff)
        let outline = BatchOutline(
            runbook: plan.name, budget: plan.budget, jobs: plan.jobs,
            steps: steps.map { .init(name: $0.name, recipe: $0.recipe) })
        stream.tell([.batchStart(outline)])
    }

    /// Tells of an event, where it is one to tell of.
    func note(_ event: BatchEvent) {
        switch event {
        case .began(let place):
            let step = steps[place]
            stream.tell(
                [.stepStart(recipe: step.recipe, timeout: step.timeout)], of: step.name, areKept: true)
        case .ended(let place, let result, let status), .doneBefore(let place, let result, let status):
            stream.tell([.stepEnd(result, status: status.rawValue)], of: steps[place].name, areKept: true)
        case .told(_, let line): stream.pass(line)
        case .omitted(let place, let lines):
            stream.tell([.omitted(lines: lines)], of: steps[place].name)
        case .said, .warning: break
        }
    }

    /// Tells the last line.
    ///
    /// - Returns: nil; where it could not be told, which is said, what the command ends with.
    func end(with report: BatchReport, on console: Console) async -> ExitStatus? {
        await stream.end(with: .report(report), on: console)
    }
}
