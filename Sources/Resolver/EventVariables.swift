import DebugInfo

/// What `$…` means in a probe of an event: a tracepoint's parameters, `$value` of a procfs file.
struct EventVariables {
    /// What has them, for messages: `tracepoint sched_switch`.
    var event: String
    /// Their names.
    var names: [String] = []
    /// The names that `$$…` has here, without the first `$`: `$vars`.
    var contexts: [String] = []
    /// Their types, where they are known.
    var types: [String: BTFType] = [:]
    /// Whether `@entry` has a meaning.
    var isReturn = false
}
