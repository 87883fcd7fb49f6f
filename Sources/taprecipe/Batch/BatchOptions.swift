import ArgumentParser
import Diagnostics
import RecipeModel

/// What `batch` takes for all steps of a runbook.
struct BatchOptions: ParsableArguments {
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Set a variable of the runbook; may be repeated.", valueName: "name=value"))
    var variables: [String] = []

    @Option(help: ArgumentHelp("Run at most so many steps at a time.", valueName: "n"))
    var jobs: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("How long all steps together may take, such as 10m.", valueName: "duration"))
    var budget: TimeArgument?

    @Option(help: "Which engine, where a step leaves it open: auto, bpf (built in) or stap.")
    var engine: EngineChoice = .auto

    /// These and the limits as one value.
    func settings(_ limits: LimitOptions, _ guarding: GuardOptions) throws -> BatchSettings {
        if let jobs, !(1...64).contains(jobs) {
            throw UsageError("'--jobs' is '\(jobs)', expected 1 to 64")
        }
        return BatchSettings(
            variables: variables, jobs: jobs, budget: try budget?.duration("--budget"),
            limits: try limits.limits, allowsGuru: limits.allowGuru,
            allowsReturnProbes: limits.allowReturnProbes,
            guards: try guarding.guards, engine: engine)
    }
}
