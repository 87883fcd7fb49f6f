import Diagnostics
import Engine
import RecipeModel

/// Checks the steps of a runbook against their recipes and those against the programs, and collects what is wrong.
final class StepPlanner {
    private let runbook: Runbook
    private let settings: BatchSettings
    private let library: RecipeLibrary
    private let fetcher: DebugInfoFetcher
    private let reader: DebugReader
    /// The steps that are in order, so far.
    private(set) var steps: [PlannedStep] = []
    /// What is wrong, in the steps' order.
    private(set) var complaints: [Complaint] = []
    /// The recipes of the steps that have one.
    private var known: [String: Recipe] = [:]

    init(
        _ runbook: Runbook, _ settings: BatchSettings, library: RecipeLibrary, fetcher: DebugInfoFetcher,
        reader: DebugReader
    ) {
        self.runbook = runbook
        self.settings = settings
        self.library = library
        self.fetcher = fetcher
        self.reader = reader
        for step in runbook.steps { add(step) }
    }

    private func add(_ step: RunbookStep) {
        guard let recipe = collecting(step, { try recipe(of: step) }) else { return }
        known[step.name.value] = recipe
        let before = complaints.count
        if let failIf = step.failIf { collecting(step) { try check(failIf, isRecordOf: recipe) } }
        if let condition = step.condition, let earlier = known[condition.step.value] {
            collecting(step) { try check(condition.record, isRecordOf: earlier) }
        }
        let target = collecting(step) { try StepTarget(step.target, of: recipe) }
        guard let target else { return }
        let bound = collecting(step) {
            try BoundRecipe(
                recipe, given: arguments(of: step, target), command: target.command, pid: target.pid,
                style: .keys)
        }
        guard let bound, complaints.count == before else { return }
        if let planned = collecting(step, { try plan(step, bound, target) }) { steps.append(planned) }
    }

    private func recipe(of step: RunbookStep) throws -> Recipe {
        var recipe = try library.named(runbook.path(of: step))
        recipe.limits = recipe.limits.overridden(by: limits(of: step))
        return recipe
    }

    private func limits(of step: RunbookStep) -> Limits { runbook.limits.overridden(by: step.limits) }

    private func check(_ record: Located<String>, isRecordOf recipe: Recipe) throws {
        let names = recipe.records.map(\.name)
        if names.contains(record.value) { return }
        throw DiagnosticsError(
            .error(
                "recipe '\(recipe.name)' has no record '\(record.value)'"
                    + Likeness.suggestion(for: record.value, among: names), at: record.range,
                notes: names.isEmpty ? [] : ["its records are \(names.joined(separator: ", "))"]))
    }

    private func plan(
        _ step: RunbookStep, _ bound: BoundRecipe, _ target: StepTarget
    ) throws -> PlannedStep {
        let chosen = EngineChoice(rawValue: step.engine.rawValue) ?? .auto
        let run = RunSettings(
            pid: target.pid, timeout: step.timeout, engine: chosen == .auto ? settings.engine : chosen,
            limits: settings.limits, allowsGuru: settings.allowsGuru,
            allowsReturnProbes: settings.allowsReturnProbes, failIf: step.failIf?.value,
            guards: runbook.guards.overridden(by: step.guards).overridden(by: settings.guards),
            keeper: settings.keeper)
        try run.requireKeptGuards()
        return PlannedStep(
            name: step.name.value, place: step.recipe.range, condition: step.condition,
            plan: try RunPlan(checking: bound, run, fetcher: fetcher, reader: reader),
            order: StepOrder(
                bound.recipe, limits: limits(of: step), words: words(of: step, target), settings: run),
            dependsOnFolder: step.dependsOnFolder(bound.recipe))
    }

    private func arguments(of step: RunbookStep, _ target: StepTarget) -> [ArgumentBinder.Argument] {
        let given = step.parameters.flatMap { assignment in
            assignment.values.map { value in
                ArgumentBinder.Argument(
                    assignment.name.value, Array(value.value.utf8), at: value.range,
                    nameAt: assignment.name.range)
            }
        }
        return given + (target.binary.map { [$0] } ?? [])
    }

    /// The arguments as a command line has them.
    private func words(of step: RunbookStep, _ target: StepTarget) -> [String] {
        arguments(of: step, target).map { argument in
            "--\(argument.name)=" + String(decoding: argument.value ?? [], as: UTF8.self)
        } + (target.command.map { ["--"] + $0 } ?? [])
    }

    /// Does some work for a step; what it throws is placed there and collected.
    @discardableResult
    private func collecting<Value>(_ step: RunbookStep, _ work: () throws -> Value) -> Value? {
        let complaint: Complaint
        do {
            return try work()
        } catch let error as MappedError {
            complaint = Complaint(diagnostics: error.diagnostics, map: error.map)
        } catch let error as DiagnosticsError {
            complaint = Complaint(diagnostics: error.diagnostics)
        } catch let error as UsageError {
            complaint = Complaint(diagnostics: error.diagnostics)
        } catch let error as SystemFailure {
            complaint = Complaint(diagnostics: [error.diagnostic])
        } catch let error as EngineError {
            complaint = Complaint(diagnostics: error.diagnostics(in: nil))
        } catch {
            complaint = Complaint(diagnostics: [.error("\(error)")])
        }
        complaints.append(
            Complaint(diagnostics: complaint.diagnostics.map { placed($0, step) }, map: complaint.map))
        return nil
    }

    private func placed(_ diagnostic: Diagnostic, _ step: RunbookStep) -> Diagnostic {
        var diagnostic = diagnostic
        if diagnostic.range == nil {
            diagnostic.range = step.recipe.range
        } else if diagnostic.range?.source !== runbook.source {
            diagnostic.notes.append(.init("in the step '\(step.name.value)'", at: step.recipe.range))
        }
        return diagnostic
    }
}
