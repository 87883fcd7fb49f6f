import Diagnostics

/// Reads `steps:`, its variables filled in.
struct StepReader {
    let problems: ProblemCollector

    private var read: NodeReader { NodeReader(problems: problems) }

    func steps(_ node: YAMLNode?) -> [RunbookStep] {
        guard let node, let items = read.items(node, "'steps'") else { return [] }
        if items.isEmpty { problems.report(.emptyList("'steps'"), at: node.range) }
        var steps: [RunbookStep] = []
        for item in items {
            guard let step = step(item, earlier: steps, all: items) else { continue }
            if let first = steps.first(where: { $0.name.value == step.name.value }) {
                problems.report(.duplicateStep(step.name.value, first: first.name.range), at: step.name.range)
            }
            steps.append(step)
        }
        return steps
    }

    private func step(_ node: YAMLNode, earlier: [RunbookStep], all: [YAMLNode]) -> RunbookStep? {
        guard let fields = Fields<StepKey>(node, of: "a step", problems) else { return nil }
        let given = read.name(fields[.name], of: "a step")
        let recipe = read.line(fields.required(.recipe), "'recipe'")
        let owner = given.map { "step '\($0.value)'" } ?? "the step"
        let parameters = parameters(fields[.parameters], "'parameters' of \(owner)")
        let target = target(fields[.target], owner, parameters)
        let timeout = read.duration(fields[.timeout], "'timeout' of \(owner)")
        let limits = LimitsReader(problems: problems).limits(fields[.limits])
        let guards = GuardsReader(problems: problems).guards(
            load: fields[.maxLoad], overhead: fields[.maxOverhead], of: owner)
        let engine = read.choice(fields[.engine], "'engine' of \(owner)", RunbookStep.Engine.self)
        let failIf = read.text(fields[.failIf], "'fail-if' of \(owner)", expected: "a record's name")
        let condition = ConditionReader(earlier: earlier, all: all, problems: problems)
            .condition(fields[.when], owner)
        guard let recipe else { return nil }
        let name = given ?? Located(RecipeFile.baseName(recipe.value), at: recipe.range)
        return RunbookStep(
            name: name, recipe: recipe, isRecipeOpen: fields[.recipe]?.isOpen == true, parameters: parameters,
            target: target, timeout: timeout,
            limits: limits, guards: guards, engine: engine ?? .auto, failIf: failIf, condition: condition)
    }

    private func parameters(_ node: YAMLNode?, _ subject: String) -> [RunbookStep.Assignment] {
        (read.entries(node, subject) ?? []).compactMap { entry in
            let name = entry.key.scalar ?? ""
            let subject = "parameter '\(name)'"
            let items: [YAMLNode] =
                if case .sequence(let items) = entry.value.content { items } else { [entry.value] }
            let values = items.compactMap {
                read.notation($0, subject, expected: "a value or a list of values")
            }
            guard values.count == items.count else { return nil }
            return RunbookStep.Assignment(name: Located(name, at: entry.key.range), values: values)
        }
    }

    private func target(
        _ node: YAMLNode?, _ owner: String, _ parameters: [RunbookStep.Assignment]
    ) -> RunbookStep.Target {
        let subject = "'target' of \(owner)"
        guard let node, let fields = Fields<TargetKey>(node, of: subject, problems) else { return .none }
        let keys = TargetKey.allCases.filter { fields.keyRange($0) != nil }
        guard keys.count == 1, let key = keys.first else {
            problems.report(
                .notOneTarget(subject, known: TargetKey.allCases.map(\.rawValue)),
                at: keys.last.flatMap { fields.keyRange($0) } ?? node.range)
            return .none
        }
        let what = "'\(key.rawValue)' of \(owner)"
        switch key {
        case .pid:
            return read.notation(fields[.pid], what, expected: "a process id").map { .pid($0) } ?? .none
        case .pidFile:
            return read.notation(fields[.pidFile], what, expected: "a file").map { .pidFile($0) } ?? .none
        case .command:
            let words = read.items(fields[.command], what) ?? []
            if words.isEmpty, case .sequence? = fields[.command]?.content {
                problems.report(.emptyList(what), at: fields[.command]?.range)
            }
            return .command(words.compactMap { read.notation($0, "a word of \(what)", expected: "text") })
        case .binary:
            if let double = parameters.first(where: { $0.name.value == TargetKey.binary.rawValue }) {
                problems.report(
                    .duplicateKey(TargetKey.binary.rawValue, first: double.name.range),
                    at: fields.keyRange(.binary))
            }
            return read.notation(fields[.binary], what, expected: "a program").map { .binary($0) } ?? .none
        }
    }
}
