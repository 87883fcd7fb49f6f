import Diagnostics

/// Reads the top level of a runbook and leaves the steps to their own reader.
///
/// Variables may stand in all but its name and description, themselves, and what is other on some hosts.
struct RunbookReader {
    /// The most steps that may run at a time.
    static let mostJobs: Int64 = 64

    let source: SourceFile
    let fileName: String?
    let problems: ProblemCollector

    private var read: NodeReader { NodeReader(problems: problems) }

    /// What there is of it without its variables' values; nil, and reported, where that is nothing.
    func draft(_ root: YAMLNode) -> RunbookDraft? {
        if let key = recipeKey(of: root) {
            problems.report(.recipe(key: key.scalar ?? ""), at: key.range)
            return nil
        }
        return fields(root).map { draft(root, $0) }
    }

    /// The key that makes a file a recipe.
    private func recipeKey(of root: YAMLNode) -> YAMLNode? {
        guard case .mapping(let entries) = root.content, !root.keys.contains(RunbookKey.steps.rawValue) else {
            return nil
        }
        let keys = [RecipeKey.script, .extends].map(\.rawValue)
        return entries.first { keys.contains($0.key.scalar ?? "") }?.key
    }

    private func draft(_ root: YAMLNode, _ fields: Fields<RunbookKey>) -> RunbookDraft {
        RunbookDraft(
            variables: variables(fields[.variables], "'variables'", declared: nil),
            // Those with a wrong value are declared, too, which has been said.
            hosts: hosts(fields[.hosts], declared: fields[.variables]?.keys ?? []), source: source,
            fileName: fileName, root: root)
    }

    /// All of it.
    func runbook(_ root: YAMLNode, _ values: RunbookValues) -> Runbook? {
        guard let fields = fields(root) else { return nil }
        let name = read.name(fields.required(.name), of: "a runbook", fileName: fileName)
        let summary = read.line(fields.required(.summary), "'summary'")
        let details = read.text(fields[.description], "'description'")
        _ = draft(root, fields)
        let filler = VariableFiller(values, problems: problems)
        func filled(_ key: RunbookKey) -> YAMLNode? { fields[key].map(filler.filled) }
        let budget = read.duration(filled(.budget), "'budget'")
        let jobs = read.integer(filled(.jobs), "'jobs'", in: 1...Self.mostJobs)
        let onError = read.choice(filled(.onError), "'on-error'", Runbook.ErrorPolicy.self)
        let limits = LimitsReader(problems: problems).limits(filled(.limits))
        let guards = GuardsReader(problems: problems).guards(
            load: filled(.maxLoad), overhead: filled(.maxOverhead), of: nil)
        let steps = StepReader(problems: problems).steps(fields.required(.steps).map(filler.filled))
        guard let name, let summary else { return nil }
        return Runbook(
            name: name.value, summary: summary.value, details: details?.value ?? "", budget: budget,
            jobs: Int(jobs ?? 1), onError: onError ?? .continue, variables: values.variables,
            limits: limits.overridden(by: values.hostLimits), guards: guards, steps: steps, source: source)
    }

    private func fields(_ root: YAMLNode) -> Fields<RunbookKey>? {
        Fields(
            root, of: "a runbook", place: source.range(root.range.lower, root.range.lower), problems)
    }

    /// Values of variables; `declared` are those that there are, where they are given elsewhere.
    private func variables(_ node: YAMLNode?, _ subject: String, declared: [String]?) -> [RunbookDraft
        .Variable]
    {
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
                return RunbookDraft.Variable(name: located, value: nil)
            }
            guard
                let value = read.notation(entry.value, "variable '\(name)'", expected: "a text or a number")
            else { return nil }
            return RunbookDraft.Variable(name: located, value: value)
        }
    }

    private func hosts(_ node: YAMLNode?, declared: [String]) -> [RunbookDraft.HostOverride] {
        (read.entries(node, "'hosts'") ?? []).compactMap { entry in
            let pattern = entry.key.scalar ?? ""
            let owner = "host '\(pattern)'"
            guard let fields = Fields<HostKey>(entry.value, of: owner, place: entry.key.range, problems)
            else { return nil }
            return RunbookDraft.HostOverride(
                pattern: Located(pattern, at: entry.key.range),
                variables: variables(fields[.variables], "'variables' of \(owner)", declared: declared),
                limits: LimitsReader(problems: problems).limits(fields[.limits]))
        }
    }
}
