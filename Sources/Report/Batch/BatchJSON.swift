extension JSONRenderer {
    /// The report of a runbook: `taprecipe.batch`, version 1, whose steps hold summaries as `render(_:)` writes them.
    func render(_ report: BatchReport) -> String { value(of: report).text }

    /// The same as a value in a larger document.
    func value(of report: BatchReport) -> JSONValue {
        .object([
            "format": .string("taprecipe.batch"),
            "version": .integer(1),
            "headline": .string(report.headline),
            "runbook": .string(report.runbook),
            "runbookDigest": .optional(report.digest),
            "host": .string(report.host),
            "started": .string(report.started),
            "seconds": seconds(report.duration),
            "budgetSeconds": seconds(report.budget),
            "variables": .object(report.variables.mapValues { .string($0) }),
            "exitCode": .integer(Int128(report.status)),
            "steps": .array(report.steps.map(step)),
        ])
    }

    private func step(_ step: BatchReport.Step) -> JSONValue {
        .object([
            "name": .string(step.name),
            "recipe": .string(step.recipe),
            "end": end(step.end),
            "result": .string(step.result),
            "seconds": seconds(step.duration),
            "summary": step.summary.map { value(of: $0) } ?? .null,
            "messages": .array(
                step.messages.split(separator: "\n", omittingEmptySubsequences: true).map {
                    .string(String($0))
                }),
        ])
    }

    /// What became of a step.
    func end(_ end: StepEnd) -> JSONValue {
        var members = ["kind": JSONValue.string(end.kind)]
        switch end {
        case .exited(let code): members["exitCode"] = .integer(Int128(code))
        case .signalled(let number): members["signal"] = .integer(Int128(number))
        case .overdue: break
        case .notStarted(let reason): members["detail"] = .string(reason)
        case .skipped(let reason): members["detail"] = .string(name(of: reason))
        }
        return .object(members)
    }

    /// In a few letters; never changes.
    private func name(of reason: SkipReason) -> String {
        switch reason {
        case .tooFew: "condition"
        case .unknown: "condition-unknown"
        case .budget: "budget"
        case .interrupted: "interrupted"
        case .stopped: "stopped"
        }
    }
}
