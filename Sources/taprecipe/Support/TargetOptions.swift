import ArgumentParser

/// What to trace, where it is no command.
struct TargetOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Trace this process; it is never signalled.", valueName: "pid"))
    var pid: Int32?

    @Option(
        help: ArgumentHelp(
            "Trace the processes of this systemd unit, such as nginx.service.", valueName: "unit"))
    var unit: String?

    @Option(
        help: ArgumentHelp("Trace the processes of this control group.", valueName: "path"),
        completion: .directory)
    var cgroup: String?

    @Option(help: ArgumentHelp("Trace the processes of the container with this id.", valueName: "id"))
    var container: String?

    /// The control group that was named, if one was.
    func group() throws -> TargetGroup? {
        let given = [
            ("--pid", pid != nil), ("--unit", unit != nil), ("--cgroup", cgroup != nil),
            ("--container", container != nil),
        ].filter(\.1).map(\.0)
        guard given.count < 2 else {
            throw UsageError("found both '\(given[0])' and '\(given[1])', expected one target")
        }
        if let unit { return try TargetGroup(unit: unit) }
        if let cgroup { return try TargetGroup(cgroup: cgroup) }
        return try container.map { try TargetGroup(container: $0) }
    }
}
