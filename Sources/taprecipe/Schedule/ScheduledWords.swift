import Engine
import RecipeModel
import Report

/// The options of a command, written anew so that they mean the same in another folder and environment.
private func option(_ name: String, _ value: String?) -> [String] { value.map { ["--\(name)", $0] } ?? [] }

private func paths(_ name: String, _ value: String?) -> [String] {
    option(name, value.map(Surroundings.absolute))
}

extension RecipeOptions {
    /// Every folder that another environment would not look into by itself.
    fileprivate var scheduledWords: [String] {
        SearchPath(
            options: folders, environment: Surroundings.environment, executable: Surroundings.executablePath
        ).folders.filter { $0.origin == .option || $0.origin == .environment }
            .flatMap { paths("recipes", $0.path) }
    }
}

extension LimitOptions {
    fileprivate var scheduledWords: [String] {
        assignments.flatMap { option("limit", $0) } + (allowGuru ? ["--allow-guru"] : [])
            + (allowReturnProbes ? ["--allow-return-probes"] : [])
    }
}

extension UnattendedOptions {
    /// With a lock of the job's own where none was named, and quiet.
    func scheduledWords(job: String) -> [String] {
        option("lock", lock ?? ScheduledJob.lockPrefix + job) + ["--quiet"]
            + option("notify-command", notifyCommand)
    }
}

extension TargetOptions {
    fileprivate var scheduledWords: [String] {
        option("unit", unit) + paths("cgroup", cgroup) + option("container", container)
    }
}

extension GuardOptions {
    fileprivate var scheduledWords: [String] {
        option("max-load", maxLoad) + option("max-overhead", maxOverhead)
    }
}

extension KeepingOptions {
    fileprivate var scheduledWords: [String] {
        option("store", store.chosen)
            + option("store-max-age", limits.storeMaxAge?.text)
            + option("store-max-size", limits.storeMaxSize?.text)
    }
}

extension EngineChoice {
    /// What was asked for; where that was left open and all is the built-in engine's, that, as the unit allows no more.
    fileprivate func scheduledWords(isBuiltIn: Bool) -> [String] {
        let choice = self == .auto && isBuiltIn ? .bpf : self
        return choice == .auto ? [] : option("engine", choice.rawValue)
    }
}

extension BatchCommand {
    func scheduledWords(isBuiltIn: Bool) -> [String] {
        recipes.scheduledWords + choices.variables.flatMap { option("set", $0) }
            + option("jobs", choices.jobs.map(String.init)) + option("budget", choices.budget?.text)
            + choices.engine.scheduledWords(isBuiltIn: isBuiltIn) + limits.scheduledWords
            + guarding.scheduledWords + paths("output", form.output) + option("format", form.format?.rawValue)
            + keeping.scheduledWords
    }
}

extension RunCommand {
    func scheduledWords(isBuiltIn: Bool) -> [String] {
        target.scheduledWords + guarding.scheduledWords
            + option("timeout", timeout?.text) + option("deadline", deadline?.text)
            + engine.scheduledWords(isBuiltIn: isBuiltIn && module == nil) + limits.scheduledWords
            + paths("module", module) + option("max-output", maxOutput?.text)
            + (noRetry ? ["--no-retry"] : []) + option("fail-if", failIf) + paths("output", form.output)
            + option("format", form.format?.rawValue) + paths("raw", raw) + keeping.scheduledWords
    }
}

extension BoundRecipe {
    /// The parameters as options, their paths absolute; those that have their default are left out.
    var words: [String] {
        recipe.parameters.compactMap { parameter in
            guard let value = arguments[parameter.name], value != parameter.defaultValue else { return nil }
            return "--\(parameter.name)=\(value.text)"
        }
    }
}

extension RunPlan {
    /// The programs that it reads.
    var programs: [String] { probed.map(\.path) + (program.map { [$0.path] } ?? []) }
}
