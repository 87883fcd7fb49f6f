public import Diagnostics
import Glibc

/// What a runbook's variables are on one host, for one command line, and what the host's limits are.
public struct RunbookValues: Sendable, Equatable {
    /// The values of the variables.
    public let variables: [String: String]
    /// The variables without a value, of which there are none on a host.
    let open: Set<String>
    /// The host's limits, over the runbook's.
    let hostLimits: Limits

    /// The variables' names, in order.
    var names: [String] { open.union(variables.keys).sorted() }

    /// Decides them.
    ///
    /// - Parameters:
    ///   - runbook: The runbook.
    ///   - host: The host's name.
    ///   - settings: The `NAME=VALUE` of the command line, which count more than all else.
    /// - Throws: Every setting that is none, and every variable without a value.
    public init(_ runbook: RunbookDraft, host: String, settings: [String]) throws(DiagnosticsError) {
        var values: [String: String] = [:]
        var limits = Limits()
        for variable in runbook.variables { values[variable.name.value] = variable.value?.value }
        for override in runbook.hosts where fnmatch(override.pattern.value, host, 0) == 0 {
            for variable in override.variables { values[variable.name.value] = variable.value?.value }
            limits = limits.overridden(by: override.limits)
        }
        var problems: [Diagnostic] = []
        let known = runbook.variables.map(\.name.value)
        for setting in settings {
            let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2, known.contains(String(parts[0])) {
                values[String(parts[0])] = String(parts[1])
            } else if parts.count == 2 {
                problems.append(RunbookMessages.unknownSetting(String(parts[0]), known: known))
            } else {
                problems.append(RunbookMessages.settingWithoutValue(setting))
            }
        }
        for variable in runbook.variables where values[variable.name.value] == nil {
            problems.append(RunbookMessages.noValue(variable.name, host: host))
        }
        try problems.throwIfErrors()
        variables = values
        open = []
        hostLimits = limits
    }

    /// What the runbook's file itself says: its own values, with those of an override for some hosts over them.
    private init(in runbook: RunbookDraft, with override: RunbookDraft.HostOverride?) {
        var values: [String: String] = [:]
        for variable in runbook.variables + (override?.variables ?? []) {
            values[variable.name.value] = variable.value?.value
        }
        variables = values
        open = Set(runbook.variables.map(\.name.value)).subtracting(values.keys)
        hostLimits = override?.limits ?? Limits()
    }

    /// All that the runbook's file itself says: its own values, then those on each of the hosts that have others.
    static func inFile(_ runbook: RunbookDraft) -> [RunbookValues] {
        [RunbookValues(in: runbook, with: nil)]
            + runbook.hosts.filter { !$0.variables.isEmpty }.map { RunbookValues(in: runbook, with: $0) }
    }
}
