import DebugInfo
import Diagnostics
import Engine
import RecipeModel
import Report
import Resolver
import Templater

/// Everything about a run that is known before it starts.
struct RunPlan {
    let bound: BoundRecipe
    let script: Script
    /// nil where a compiled module is run, which was checked when it was compiled.
    let resolved: ResolvedScript?
    /// The files that the script probes, here or where the module was compiled.
    let probed: [ProbedFile]
    let target: RunTarget
    let kernelRelease: String

    /// The engine's request.
    func request(_ budget: Budget, pinned: Limits, allowsGuru: Bool, module: String? = nil) -> RunRequest {
        let unwinds = resolved?.traits.usesUserBacktraces ?? false
        return RunRequest(
            script: script, pinnedLimits: pinned, allowsGuru: allowsGuru, target: target,
            kernelRelease: kernelRelease, module: module, unwindModules: unwinds ? probed : [],
            includesLibraries: unwinds, probedFiles: probed, budget: budget,
            directories: .standard(
                environment: Surroundings.environment, isRoot: Surroundings.effectiveUser == 0,
                userID: Surroundings.effectiveUser))
    }

    /// What the summary opens with.
    func facts(_ outcome: RunOutcome, timeout: Duration, started: String) -> RunFacts {
        let binary = resolved?.binaries.first?.path ?? bound.probedProgram
        var target = RunFacts.Target(
            binary: binary, buildID: resolved?.binaries.first?.buildID.map { "\($0)" })
        switch self.target {
        case .none: break
        case .pid(let pid): target.pid = pid
        case .command(let words): target.command = words
        }
        return RunFacts(
            recipe: script.recipe, engine: "stap", kernel: kernelRelease, target: target,
            parameters: bound.recipe.parameters.compactMap { parameter in
                bound.arguments[parameter.name].map { .init(name: parameter.name, value: $0.text) }
            },
            started: started, traced: outcome.durations[.trace], timeout: timeout,
            limits: RunFacts.limits(outcome.limits, raisedFrom: outcome.retries > 0 ? script.limits : nil),
            attempts: outcome.retries + 1, end: outcome.end, losses: outcome.reportLosses)
    }
}

extension BoundRecipe {
    /// The first program that the arguments name.
    var probedProgram: String? {
        for parameter in recipe.parameters {
            if case .executable(let path)? = arguments[parameter.name] { return path }
        }
        return nil
    }
}
