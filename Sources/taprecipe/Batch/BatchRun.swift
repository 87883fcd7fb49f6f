import Diagnostics
import FoundationEssentials
import Glibc
import RecipeModel
import Report

/// Runs the steps of a runbook: in their order, so many at a time as may, within the budget.
struct BatchRun {
    let plan: BatchPlan
    let state: BatchState
    let running: RunningCommands
    /// Whether the steps tell what happens in them.
    let isFollowed: Bool
    /// Further options for the steps' processes.
    let options: [String]
    /// When the budget began.
    let start: ContinuousClock.Instant
    /// Told what happens.
    let tell: @Sendable (BatchEvent) -> Void

    /// With less left of the budget no step is started.
    private static let leastTime = Duration.seconds(1)

    /// Runs what `records` does not hold yet.
    ///
    /// - Returns: What became of every step.
    func run(_ records: [StepRecord?]) async -> [StepRecord] {
        var records = records
        keep(records)
        for (step, record) in records.enumerated() {
            guard let record else { continue }
            tell(.doneBefore(step, result(step, record), status: record.status))
        }
        var active: Set<Int> = []
        await withTaskGroup(of: (Int, StepRecord).self) { group in
            while true {
                while active.count < plan.jobs, let step = next(records, active) {
                    if let reason = reasonToSkip(step, records) {
                        records[step] = StepRecord(end: .skipped(reason))
                        keep(records)
                        tellEnd(of: step, records[step]!)
                        continue
                    }
                    active.insert(step)
                    tell(.began(step))
                    let work = process(of: step)
                    group.addTask { (step, await work()) }
                }
                guard let (step, record) = await group.next() else { return }
                active.remove(step)
                records[step] = record
                keep(records)
                tellEnd(of: step, record)
            }
        }
        return records.map { $0 ?? StepRecord(end: .skipped(.interrupted)) }
    }

    /// The report's part of each step.
    func steps(_ records: [StepRecord]) -> [BatchReport.Step] {
        records.enumerated().map { result($0.offset, $0.element) }
    }

    /// The first step that can be decided on: one that waits for no other.
    private func next(_ records: [StepRecord?], _ active: Set<Int>) -> Int? {
        plan.steps.indices.first { step in
            guard records[step] == nil, !active.contains(step) else { return false }
            guard let condition = condition(of: step) else { return true }
            return records[condition.place] != nil
        }
    }

    private func condition(of step: Int) -> (condition: RunbookStep.Condition, place: Int)? {
        guard let condition = plan.steps[step].condition,
            let place = plan.steps.firstIndex(where: { $0.name == condition.step.value })
        else { return nil }
        return (condition, place)
    }

    private func reasonToSkip(_ step: Int, _ records: [StepRecord?]) -> SkipReason? {
        if running.wasInterrupted { return .interrupted }
        if plan.onError == .stop,
            let failed = records.indices.first(where: { records[$0]?.end.isFailure == true })
        {
            return .stopped(by: plan.steps[failed].name)
        }
        if let (condition, place) = condition(of: step) {
            let name = plan.steps[place].name
            guard records[place]?.end.isExit == true, let summary = state.summaryFile(place).read() else {
                return .unknown(step: name)
            }
            let found = summary.count(of: condition.record.value) ?? 0
            if found < condition.least {
                return .tooFew(
                    record: condition.record.value, of: name, found: found, least: condition.least)
            }
        }
        if let left = timeLeft, left < Self.leastTime { return .budget }
        return nil
    }

    private var timeLeft: Duration? { plan.budget.map { $0 - (ContinuousClock.now - start) } }

    /// A step's work.
    private func process(of step: Int) -> @Sendable () async -> StepRecord {
        var order = plan.steps[step].order
        order.settings.deadline = timeLeft
        (order.settings.isFollowed, order.settings.step) = (isFollowed, plan.steps[step].name)
        order.summary = state.summaryFile(step).path
        let process = StepProcess(
            place: step, order: state.orderFile(step), deadline: timeLeft, options: options)
        let file = OutputFile(path: process.order)
        let summary = order.summary
        let (running, tell, text) = (running, tell, Result { try JSONEncoder().encode(order) })
        return {
            do {
                // What an earlier run left must not be taken for this one's.
                unlink(summary)
                try file.write(Array(try text.get()))
            } catch {
                return StepRecord(
                    end: .notStarted((error as? SystemFailure)?.diagnostic.message ?? "\(error)"))
            }
            return await process.run(among: running, tell: tell)
        }
    }

    private func tellEnd(of step: Int, _ record: StepRecord) {
        tell(.ended(step, result(step, record), status: record.status))
    }

    private func result(_ step: Int, _ record: StepRecord) -> BatchReport.Step {
        let planned = plan.steps[step]
        return BatchReport.Step(
            name: planned.name, recipe: planned.recipe.name, end: record.end,
            duration: record.seconds.map { .seconds($0) },
            summary: record.end.isExit ? state.summaryFile(step).read() : nil, messages: record.messages)
    }

    /// Keeps what is known; where that fails the run goes on, as what it finds is worth more.
    private func keep(_ records: [StepRecord?]) {
        do {
            try state.save(records)
        } catch {
            let words = (error as? SystemFailure)?.diagnostic.message ?? "\(error)"
            tell(.warning("what was done could not be kept for '--resume': \(words)"))
        }
    }
}
