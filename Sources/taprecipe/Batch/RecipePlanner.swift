import Diagnostics
import Engine
import RecipeModel

/// Checks several recipes that a command line names, each with those of its words that it takes.
struct RecipePlanner {
    let settings: RunSettings
    let fetcher: DebugInfoFetcher
    let reader: DebugReader

    /// The recipes as steps.
    ///
    /// - Throws: A `UsageError` where they cannot be run together; a ``RunbookError`` with everything that is wrong
    ///   with them.
    func plan(_ subjects: ValidationSubjects) throws -> BatchPlan {
        var recipes: [Recipe] = []
        var complaints: [Complaint] = []
        for subject in subjects.subjects {
            switch subject {
            case .recipe(_, .success(let recipe)): recipes.append(recipe)
            case .recipe(_, .failure(let error)): complaints.append(Complaint(diagnostics: error.diagnostics))
            case .script(let path), .runbook(let path, _):
                throw UsageError(
                    "'\(path)' is no recipe, and only recipes are run together",
                    notes: ["run a runbook with 'taprecipe batch'"])
            }
        }
        for (place, recipe) in recipes.enumerated()
        where recipes[..<place].contains(where: { $0.name == recipe.name }) {
            throw UsageError("recipe '\(recipe.name)' is named twice")
        }
        if let failIf = settings.failIf, complaints.isEmpty {
            let names = recipes.flatMap { $0.records.map(\.name) }
            guard names.contains(failIf) else {
                throw UsageError(
                    "none of the recipes has a record '\(failIf)'"
                        + Likeness.suggestion(for: failIf, among: names))
            }
        }
        var steps: [PlannedStep] = []
        for recipe in recipes {
            do {
                steps.append(try step(recipe, subjects))
            } catch let error as UsageError {
                complaints.append(Complaint(diagnostics: error.diagnostics.map { named($0, recipe) }))
            } catch let error as MappedError {
                complaints.append(Complaint(diagnostics: error.diagnostics, map: error.map))
            } catch let error as DiagnosticsError {
                complaints.append(Complaint(diagnostics: error.diagnostics))
            }
        }
        guard complaints.isEmpty else { throw RunbookError(complaints: complaints.unique) }
        return BatchPlan(recipes: steps, budget: settings.deadline)
    }

    private func step(_ recipe: Recipe, _ subjects: ValidationSubjects) throws -> PlannedStep {
        let words = subjects.words(for: recipe)
        let bound = try BoundRecipe(recipe, words: words, pid: settings.pid, group: settings.group)
        var settings = settings
        // Those are what the process does that reports on all.
        (settings.isQuiet, settings.keepsRights) = (false, false)
        if let failIf = settings.failIf, !recipe.records.contains(where: { $0.name == failIf }) {
            settings.failIf = nil
        }
        return PlannedStep(
            name: recipe.name,
            plan: try RunPlan(checking: bound, settings, fetcher: fetcher, reader: reader),
            order: StepOrder(
                recipe, limits: Limits(), words: words, settings: settings))
    }

    /// A mistake that has no place, with the recipe that it is one for.
    private func named(_ diagnostic: Diagnostic, _ recipe: Recipe) -> Diagnostic {
        var diagnostic = diagnostic
        if diagnostic.range == nil { diagnostic.notes.append(.init("for the recipe '\(recipe.name)'")) }
        return diagnostic
    }
}
