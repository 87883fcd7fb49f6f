import Diagnostics
import Engine

/// Whether the steps of a checked plan can run here, asked before the first of them starts.
///
/// A step that waits for what another one records may not run at all; it is asked when it starts.
struct BatchEngineCheck {
    let plan: BatchPlan
    let reader: DebugReader

    /// Refuses the plan where a step that is sure to run cannot.
    ///
    /// - Parameter records: What an earlier run came to, by the steps' places; those that are done are not asked.
    /// - Throws: A ``NoEngine`` for each such step, told once where several have the same reasons.
    func require(besides records: [StepRecord?]) async throws(NoEngines) {
        var found: [(failure: NoEngine, steps: [PlannedStep])] = []
        for (step, record) in zip(plan.steps, records) where step.condition == nil && record == nil {
            guard let failure = await failure(of: step) else { continue }
            if let place = found.firstIndex(where: { $0.failure.reasons == failure.reasons }) {
                found[place].steps.append(step)
            } else {
                found.append((failure, [step]))
            }
        }
        guard found.isEmpty else { throw NoEngines(failures: found.map { named($0.failure, $0.steps) }) }
    }

    private func failure(of step: PlannedStep) async -> NoEngine? {
        let settings = step.order.settings
        let request = step.plan.request(
            Budget(timeout: step.timeout, deadline: nil), pinned: settings.limits,
            allowsGuru: settings.allowsGuru, module: settings.module, reader: reader)
        do throws(NoEngine) {
            _ = try await ChosenEngine(for: step.plan, request, settings, reader: reader)
            return nil
        } catch {
            return error
        }
    }

    /// The reasons with the steps whose they are.
    private func named(_ failure: NoEngine, _ steps: [PlannedStep]) -> NoEngine {
        var reasons = failure.reasons
        reasons.range = steps.first?.place
        reasons.notes += steps.map { step in
            .init(
                step.place == nil ? "for the recipe '\(step.name)'" : "in the step '\(step.name)'",
                at: step.place)
        }
        return NoEngine(problems: failure.problems, map: failure.map, reasons: reasons)
    }
}

/// Which steps no engine can run here.
struct NoEngines: Error {
    let failures: [NoEngine]
}
