import Diagnostics

/// Reads the top level of a runbook and leaves the steps to their own reader.
struct RunbookReader {
    /// The most steps that may run at a time.
    static let mostJobs: Int64 = 64

    let source: SourceFile
    let fileName: String?
    let problems: ProblemCollector

    private var read: NodeReader { NodeReader(problems: problems) }

    func runbook(_ root: YAMLNode) -> Runbook? {
        let start = source.range(root.range.lower, root.range.lower)
        guard let fields = Fields<RunbookKey>(root, of: "a runbook", place: start, problems) else {
            return nil
        }
        let name = read.name(fields.required(.name), of: "a runbook", fileName: fileName)
        let summary = read.line(fields.required(.summary), "'summary'")
        let details = read.text(fields[.description], "'description'")
        let budget = read.duration(fields[.budget], "'budget'")
        let jobs = read.integer(fields[.jobs], "'jobs'", in: 1...Self.mostJobs)
        let onError = read.choice(fields[.onError], "'on-error'", Runbook.ErrorPolicy.self)
        let variables = variables(fields[.variables], "'variables'", declared: nil)
        let limits = LimitsReader(problems: problems).limits(fields[.limits])
        // Those with a wrong value, too, which has been said.
        let names = fields[.variables]?.keys ?? []
        let hosts = hosts(fields[.hosts], declared: names)
        let reader = StepReader(variables: names, problems: problems)
        let steps = reader.steps(fields.required(.steps))
        guard let name, let summary else { return nil }
        return Runbook(
            name: name.value, summary: summary.value, details: details?.value ?? "", budget: budget,
            jobs: Int(jobs ?? 1), onError: onError ?? .continue, variables: variables, limits: limits,
            hosts: hosts, steps: steps, source: source)
    }

    /// Values of variables; `declared` are those that there are, where they are given elsewhere.
    private func variables(_ node: YAMLNode?, _ subject: String, declared: [String]?) -> [Runbook.Variable] {
        (read.entries(node, subject) ?? []).compactMap { entry in
            let name = entry.key.scalar ?? ""
            guard RecipeName.isValid(name) else {
                problems.report(.badName("a variable", name), at: entry.key.range)
                return nil
            }
            if let declared, !declared.contains(name) {
                problems.report(.unknownVariable(name, known: declared), at: entry.key.range)
                return nil
            }
            let located = Located(name, at: entry.key.range)
            if declared == nil, entry.value.kind == .null {
                return Runbook.Variable(name: located, value: nil)
            }
            guard
                let value = read.notation(entry.value, "variable '\(name)'", expected: "a text or a number")
            else { return nil }
            return Runbook.Variable(name: located, value: value)
        }
    }

    private func hosts(_ node: YAMLNode?, declared: [String]) -> [Runbook.HostOverride] {
        (read.entries(node, "'hosts'") ?? []).compactMap { entry in
            let pattern = entry.key.scalar ?? ""
            let owner = "host '\(pattern)'"
            guard let fields = Fields<HostKey>(entry.value, of: owner, place: entry.key.range, problems)
            else { return nil }
            return Runbook.HostOverride(
                pattern: Located(pattern, at: entry.key.range),
                variables: variables(fields[.variables], "'variables' of \(owner)", declared: declared),
                limits: LimitsReader(problems: problems).limits(fields[.limits]))
        }
    }
}
