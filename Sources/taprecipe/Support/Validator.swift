import Diagnostics
import Glibc
import RecipeModel
import Resolver
import Templater

/// Checks recipes, runbooks and scripts, each for itself.
struct Validator {
    /// The process whose program is checked against; of a control group the first.
    let pid: Int32?
    /// The control group whose programs are.
    var group: TargetGroup?
    let allowsGuru: Bool
    let fetcher: DebugInfoFetcher
    let reader: DebugReader
    /// The recipes that runbooks name.
    let library: RecipeLibrary
    /// Values of runbooks' variables, as `NAME=VALUE`.
    var variables: [String] = []
    /// Whether an engine is to be asked about the script, too.
    var withLoads = false

    /// The most bytes of a script that are read.
    private static let scriptLimit = 16 << 20

    /// Checks all subjects in their order.
    ///
    /// - Throws: A `UsageError` where a single recipe was given arguments that it does not take; of several, each
    ///   has its own verdict.
    func validate(_ request: ValidationSubjects) throws -> [Validation] {
        var results: [Validation] = []
        for subject in request.subjects {
            switch subject {
            case .script(let path): results.append(try script(path, arguments: request.rest ?? []))
            case .runbook(let path, .failure(let error)):
                let complaint = Complaint(diagnostics: error.diagnostics)
                results.append(Validation(path, file: path, complaints: [complaint]))
            case .runbook(let path, .success(let runbook)): results.append(try self.runbook(runbook, path))
            case .recipe(let word, .failure(let error)):
                results.append(
                    Validation(
                        name: word, kind: .recipe,
                        file: error.diagnostics.lazy.compactMap(\.range).first?.source.name,
                        verdict: .doesNotFit, diagnostics: error.diagnostics))
            case .recipe(_, .success(let recipe)):
                do {
                    results.append(try self.recipe(recipe, request))
                } catch let error as UsageError where request.subjects.count > 1 {
                    results.append(Self.failure(recipe, error.diagnostics))
                }
            }
        }
        let names = Dictionary(grouping: results, by: \.name).mapValues(\.count)
        for index in results.indices where names[results[index].name, default: 0] > 1 {
            results[index].name = results[index].file ?? results[index].name
        }
        return results
    }

    private func recipe(_ recipe: Recipe, _ request: ValidationSubjects) throws -> Validation {
        let problems = Templater.check(recipe)
        if problems.hasErrors { return Self.failure(recipe, problems) }
        let options = request.options.filter { option in
            request.subjects.count == 1 || recipe.parameters.contains { $0.name == option.name }
        }
        let hasTarget = pid != nil || request.rest != nil
        let missing = recipe.parameters.filter { parameter in
            guard parameter.isRequired, !options.contains(where: { $0.name == parameter.name }) else {
                return false
            }
            switch (parameter.name, parameter.type) {
            case ("binary", .executable): return !hasTarget
            case ("pid", .pid): return pid == nil
            default: return true
            }
        }
        let isBare = options.isEmpty && !hasTarget
        if !missing.isEmpty, isBare || request.subjects.count > 1 {
            return Validation(
                name: recipe.name, kind: .recipe, file: recipe.source.name, verdict: .sound,
                diagnostics: problems,
                missing: missing)
        }
        let bound = try BoundRecipe(recipe, words: request.words(for: recipe), pid: pid, group: group)
        do {
            let checked = try CheckedScript(
                bound, pid: pid, fetcher: fetcher, reader: reader, withLoads: withLoads)
            return Validation(
                name: recipe.name, kind: .recipe, file: recipe.source.name, verdict: .fits,
                diagnostics: problems + checked.resolved.warnings, map: checked.script.map,
                script: checked.script, resolved: checked.resolved)
        } catch let error as MappedError {
            return Self.failure(recipe, problems + error.diagnostics, error.map)
        } catch let error as DiagnosticsError {
            return Self.failure(recipe, problems + error.diagnostics)
        }
    }

    private func runbook(_ draft: RunbookDraft, _ path: String) throws -> Validation {
        do {
            let runbook = try draft.onThisHost(variables)
            let plan = try BatchPlan(
                runbook, BatchSettings(variables: variables, allowsGuru: allowsGuru), library: library,
                fetcher: fetcher, reader: reader)
            return Validation(runbook.name, file: path, steps: plan.steps)
        } catch let error as RunbookError {
            return Validation(draft.name, file: path, complaints: error.complaints)
        } catch let error as UsageError {
            return Validation(draft.name, file: path, complaints: [Complaint(diagnostics: error.diagnostics)])
        } catch let error as DiagnosticsError {
            return Validation(draft.name, file: path, complaints: [Complaint(diagnostics: error.diagnostics)])
        }
    }

    private func script(_ path: String, arguments: [String]) throws -> Validation {
        func result(_ verdict: Validation.Verdict, _ diagnostics: [Diagnostic]) -> Validation {
            Validation(name: path, kind: .script, file: path, verdict: verdict, diagnostics: diagnostics)
        }
        let bytes: [UInt8]
        do {
            bytes = try InputFile(path: path).read(limit: Self.scriptLimit)
        } catch let error as SystemFailure {
            return result(.doesNotFit, [error.diagnostic])
        }
        do {
            let check = ScriptCheck(
                kernelRelease: Surroundings.kernelRelease, isGuru: allowsGuru,
                target: try pid.map(TargetProcess.executable), fetcher: fetcher, reader: reader,
                arguments: arguments)
            let resolved = try check.resolve(SourceFile(name: path, bytes: bytes))
            guard allowsGuru || !resolved.traits.needsGuru else {
                return result(
                    .doesNotFit,
                    resolved.traits.guruUses.map { use in
                        .error(
                            "found \(use.kind.words), which needs stap's guru mode", at: use.range,
                            notes: ["give --allow-guru to check it as 'stap -g' does"])
                    })
            }
            return Validation(
                name: path, kind: .script, file: path, verdict: .fits, diagnostics: resolved.warnings,
                resolved: resolved)
        } catch let error as DiagnosticsError {
            return result(.doesNotFit, error.diagnostics)
        }
    }

    private static func failure(
        _ recipe: Recipe, _ diagnostics: [Diagnostic], _ map: SourceMap? = nil
    ) -> Validation {
        Validation(
            name: recipe.name, kind: .recipe, file: recipe.source.name, verdict: .doesNotFit,
            diagnostics: diagnostics, map: map)
    }
}
