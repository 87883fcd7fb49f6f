/// The keys of a runbook's top level.
enum RunbookKey: String, CaseIterable {
    case name, summary, description, budget, jobs
    case onError = "on-error"
    case variables, limits
    case maxLoad = "max-load"
    case maxOverhead = "max-overhead"
    case hosts, steps
}

/// The keys of what is other on some hosts.
enum HostKey: String, CaseIterable { case variables, limits }

/// The keys of a step.
enum StepKey: String, CaseIterable {
    case name, recipe, parameters, target, timeout, limits
    case maxLoad = "max-load"
    case maxOverhead = "max-overhead"
    case engine
    case failIf = "fail-if"
    case when
}

/// The keys of a step's target, of which it has one.
enum TargetKey: String, CaseIterable {
    case pid
    case pidFile = "pid-file"
    case command, binary
}

/// The keys of a step's condition.
enum ConditionKey: String, CaseIterable {
    case step, recorded
    case least = "at-least"
}
