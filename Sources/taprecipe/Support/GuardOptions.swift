import ArgumentParser
import Engine

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
    func guards(_ engine: EngineChoice) throws -> RunGuards {
        var guards = RunGuards()
        if let maxLoad {
            guard let load = Double(maxLoad), load > 0, load.isFinite else {
                throw UsageError("found '--max-load \(maxLoad)', expected a number above 0 such as 4.5")
            }
            guards.maximumLoad = load
        }
        if let maxOverhead {
            guard maxOverhead.hasSuffix("%"), let share = Double(maxOverhead.dropLast()), share > 0,
                share <= 100
            else {
                throw UsageError("found '--max-overhead \(maxOverhead)', expected a percentage such as 2%")
            }
            guard engine != .stap else {
                throw UsageError(
                    "found '--max-overhead' with '--engine stap', but SystemTap does not tell what probes cost",
                    notes: [
                        "its own guard (STP_NO_OVERLOAD is off) ends runs that take over half of a processor"
                    ])
            }
            guards.maximumOverhead = share / 100
        }
        return guards
    }
}
