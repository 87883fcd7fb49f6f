import Diagnostics

/// Reads a step's `when:`: `STEP.RECORD`, or a mapping.
struct ConditionReader {
    /// The steps that stand before it.
    let earlier: [RunbookStep]
    /// All steps, as they are written.
    let all: [YAMLNode]
    let problems: ProblemCollector

    private var read: NodeReader { NodeReader(problems: problems) }

    func condition(_ node: YAMLNode?, _ owner: String) -> RunbookStep.Condition? {
        guard let node = read.known(node) else { return nil }
        let subject = "'when' of \(owner)"
        guard case .mapping = node.content else { return short(node, subject) }
        guard let fields = Fields<ConditionKey>(node, of: subject, problems) else { return nil }
        let step = read.text(fields.required(.step), "'step' of \(subject)", expected: "a step's name")
        let record = read.text(
            fields.required(.recorded), "'recorded' of \(subject)", expected: "a record's name")
        let least = read.integer(fields[.least], "'at-least' of \(subject)", in: 1...Int64(Int32.max))
        guard let step, let record, fields[.step]?.isOpen == false else { return nil }
        return condition(step, record, Int(least ?? 1))
    }

    private func short(_ node: YAMLNode, _ subject: String) -> RunbookStep.Condition? {
        guard let text = read.text(node, subject, expected: "STEP.RECORD or a mapping") else { return nil }
        let parts = text.value.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else {
            problems.report(.badCondition(text.value), at: text.range)
            return nil
        }
        let dot = parts[0].utf8.count
        return condition(
            Located(parts[0], at: node.range(of: 0..<dot)),
            Located(parts[1], at: node.range(of: dot + 1..<text.value.utf8.count)), 1)
    }

    private func condition(
        _ step: Located<String>, _ record: Located<String>, _ least: Int
    ) -> RunbookStep.Condition? {
        guard earlier.contains(where: { $0.name.value == step.value }) else {
            if all.contains(where: { Self.nameNode($0)?.isOpen == true }) { return nil }
            problems.report(
                .unknownStep(step.value, known: earlier.map(\.name.value), isLater: isThere(step.value)),
                at: step.range)
            return nil
        }
        return RunbookStep.Condition(step: step, record: record, least: least)
    }

    /// Whether any step bears a name, read or not.
    private func isThere(_ name: String) -> Bool {
        all.contains { Self.nameNode($0)?.scalar.map(RecipeFile.baseName) == name }
    }

    /// What a step's name is read from.
    private static func nameNode(_ step: YAMLNode) -> YAMLNode? {
        guard case .mapping(let entries) = step.content else { return nil }
        func value(_ key: StepKey) -> YAMLNode? {
            entries.first { $0.key.scalar == key.rawValue }?.value
        }
        return value(.name) ?? value(.recipe)
    }
}
