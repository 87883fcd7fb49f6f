/// What several runs are to do, as their first line tells it.
public struct BatchOutline: Sendable {
    /// A step.
    public struct Step: Sendable {
        let name: String
        let recipe: String

        /// Creates one.
        public init(name: String, recipe: String) { (self.name, self.recipe) = (name, recipe) }
    }

    let runbook: String
    let budget: Duration?
    let jobs: Int
    let steps: [Step]

    /// Creates an outline.
    ///
    /// - Parameters:
    ///   - runbook: The runbook's name.
    ///   - budget: How long all may take together.
    ///   - jobs: How many may run at a time.
    ///   - steps: The steps, in the runbook's order.
    public init(runbook: String, budget: Duration?, jobs: Int, steps: [Step]) {
        (self.runbook, self.budget, self.jobs, self.steps) = (runbook, budget, jobs, steps)
    }

    /// It as the members of a line.
    func members(_ renderer: JSONRenderer) -> [String: JSONValue] {
        let steps = steps.map { step -> JSONValue in
            .object(["name": .string(step.name), "recipe": .string(step.recipe)])
        }
        return FollowLine.format.merging([
            "runbook": .string(runbook), "budgetSeconds": renderer.seconds(budget), "jobs": .count(jobs),
            "steps": .array(steps),
        ]) { $1 }
    }
}
