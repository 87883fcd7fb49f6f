import Diagnostics

/// Reads `tests:` and holds each against the rest of the recipe.
struct TestReader {
    let parameters: [Parameter]
    let records: [RecordDefinition]
    let tables: [TableDefinition]
    let trees: [TreeDefinition]
    let problems: ProblemCollector
    /// Whether the rest could be read; else nothing is held against it, as it would only be said twice.
    let isComplete: Bool

    private var read: NodeReader { NodeReader(problems: problems) }

    func tests(_ node: YAMLNode?) -> [RecipeTest] {
        var tests: [RecipeTest] = []
        for item in read.items(node, "'tests'") ?? [] {
            guard let test = test(item) else { continue }
            if let first = tests.first(where: { $0.name.value == test.name.value }) {
                problems.report(
                    .duplicateTest(test.name.value, first: first.name.range), at: test.name.range)
            }
            tests.append(test)
        }
        return tests
    }

    private func test(_ node: YAMLNode) -> RecipeTest? {
        let start = node.range.source.range(node.range.lower, node.range.lower)
        guard let fields = Fields<TestKey>(node, of: "a test", place: start, problems) else { return nil }
        let name = read.line(fields.required(.name), "'name'")
        let owner = name.map { "test '\($0.value)'" } ?? "a test"
        let place = name?.range ?? start
        let arguments = arguments(fields[.parameters], owner)
        let summary = summary(fields, owner, place: place)
        let script = script(fields, owner)
        let live = fields[.live].flatMap { self.live($0, owner, place: fields.keyRange(.live) ?? place) }
        if fields[.output] == nil, fields[.expect] == nil, script == nil, fields[.live] == nil {
            problems.report(.testOfNothing(owner), at: place)
        }
        guard let name else { return nil }
        return RecipeTest(name: name, arguments: arguments, summary: summary, script: script, live: live)
    }

    private func arguments(_ node: YAMLNode?, _ owner: String) -> [String: ParameterValue] {
        var values: [String: ParameterValue] = [:]
        let subject = "'parameters' of \(owner)"
        for entry in read.entries(node, subject) ?? [] {
            let name = entry.key.scalar ?? ""
            guard let parameter = parameters.first(where: { $0.name == name }) else {
                if isComplete || !RecipeName.isValid(name) || RecipeName.reservedForOptions.contains(name) {
                    let known = parameters.map(\.name)
                    problems.report(.unknownKey(name, owner: subject, known: known), at: entry.key.range)
                }
                continue
            }
            values[name] = ParameterReader(problems: problems).value(
                entry.value, parameter.type, "parameter '\(name)' of \(owner)")
        }
        return values
    }

    private func summary(
        _ fields: Fields<TestKey>, _ owner: String, place: SourceRange
    ) -> SummaryExpectation? {
        let output = read.text(fields[.output], "'output' of \(owner)")
        guard let node = fields[.expect] else {
            if fields[.output] != nil {
                problems.report(.outputWithoutExpectations(owner, missing: "expect"), at: place)
            }
            return nil
        }
        if fields[.output] == nil {
            problems.report(.outputWithoutExpectations(owner, missing: "output"), at: place)
        }
        return ExpectationReader(
            records: records, tables: tables, trees: trees, problems: problems, isComplete: isComplete
        ).expectation(node, of: owner, place: fields.keyRange(.expect) ?? place, output: output?.value ?? "")
    }

    private func live(_ node: YAMLNode, _ owner: String, place: SourceRange) -> LiveExpectation? {
        let subject = "'live' of \(owner)"
        guard let fields = Fields<LiveKey>(node, of: subject, place: place, problems) else { return nil }
        let command = texts(fields.required(.command), "'command' in \(subject)")
        let reader = ExpectationReader(
            records: records, tables: tables, trees: trees, problems: problems, isComplete: isComplete)
        let finds = reader.tables(fields.required(.finds), "'finds' in \(subject)")
        let lacks = reader.tables(fields[.lacks], "'lacks' in \(subject)")
        if fields[.finds] != nil, finds.allSatisfy({ $0.rows.isEmpty }) {
            problems.report(.emptyList("'finds' in \(subject)"), at: fields.keyRange(.finds))
        }
        return LiveExpectation(command: command.map(\.value), finds: finds, lacks: lacks, range: place)
    }

    private func script(_ fields: Fields<TestKey>, _ owner: String) -> ScriptExpectation? {
        let keys: [TestKey] = [.expandsTo, .scriptContains, .scriptLacks]
        guard keys.contains(where: { fields[$0] != nil }) else { return nil }
        return ScriptExpectation(
            whole: fields[.expandsTo].flatMap { whole($0, owner) },
            contains: texts(fields[.scriptContains], "'script-contains' of \(owner)"),
            lacks: texts(fields[.scriptLacks], "'script-lacks' of \(owner)"))
    }

    private func texts(_ node: YAMLNode?, _ subject: String) -> [Located<String>] {
        guard let items = read.items(node, subject) else { return [] }
        if items.isEmpty { problems.report(.emptyList(subject), at: node?.range) }
        return items.compactMap { read.text($0, "an item of \(subject)") }
    }

    private func whole(_ node: YAMLNode, _ owner: String) -> ScriptExpectation.Whole? {
        guard let text = read.text(node, "'expands-to' of \(owner)") else { return nil }
        if case .scalar(_, .literal) = node.content {
            return .text(
                ScriptReader.source(text.value, at: node.range, name: "<expands-to of \(owner)>"))
        }
        let name = text.value
        guard name.hasSuffix(TestKey.scriptEnding), name != TestKey.scriptEnding, !name.hasPrefix("."),
            name.utf8.allSatisfy({ $0.isASCIILower || $0.isASCIIDigit || "-_.".utf8.contains($0) })
        else {
            problems.report(.badScriptFile(name), at: node.range)
            return nil
        }
        return .file(text)
    }
}
