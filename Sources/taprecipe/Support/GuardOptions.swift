import ArgumentParser
import RecipeModel

/// What a run must not do to its machine.
struct GuardOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Do not begin, or end the run, where the load of the last minute is higher.", valueName: "number")
    )
    var maxLoad: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "End the run where its probes cost the target more processor time, such as 2%.",
            valueName: "percentage"))
    var maxOverhead: String?

    /// What was asked for.
    var guards: RunGuards {
        get throws(UsageError) {
            var guards = RunGuards()
            if let maxLoad {
                guard let load = RunGuards.load(written: maxLoad) else {
                    throw UsageError("found '--max-load \(maxLoad)', expected a number above 0 such as 4.5")
                }
                guards.maximumLoad = load
            }
            if let maxOverhead {
                guard let share = RunGuards.share(written: maxOverhead) else {
                    throw UsageError(
                        "found '--max-overhead \(maxOverhead)', expected a percentage such as 2%")
                }
                guards.maximumOverhead = share
            }
            return guards
        }
    }
}
