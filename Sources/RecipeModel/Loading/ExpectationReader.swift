import Diagnostics

/// Reads what a test expects of a summary.
struct ExpectationReader {
    let records: [RecordDefinition]
    let tables: [TableDefinition]
    let trees: [TreeDefinition]
    let problems: ProblemCollector
    let isComplete: Bool

    private static let largestCount: Int64 = 1_000_000_000
    private var read: NodeReader { NodeReader(problems: problems) }

    func expectation(
        _ node: YAMLNode, of owner: String, place: SourceRange, output: String
    ) -> SummaryExpectation? {
        guard let fields = Fields<ExpectationKey>(node, of: "'expect' of \(owner)", place: place, problems)
        else { return nil }
        let records = counts(fields[.records], "'records' of \(owner)") { name in
            let known = self.records.map(\.name)
            guard !isComplete || known.contains(name.value) else {
                return problems.report(.unknownRecord(name.value, known: known), at: name.range)
            }
        }
        let losses = counts(fields[.losses], "'losses' of \(owner)") { name in
            let known = LossName.allCases.map(\.rawValue)
            guard !known.contains(name.value) else { return }
            problems.report(
                .unknownKey(name.value, owner: "'losses' of \(owner)", known: known), at: name.range)
        }
        let stacks = read.integer(fields[.stacks], "'stacks' of \(owner)", in: 0...Self.largestCount)
        return SummaryExpectation(
            output: output, records: records,
            stacks: stacks.flatMap { count in
                fields[.stacks].map { Located(Int(count), at: $0.range) }
            },
            losses: losses ?? Located([], at: place),
            tables: tables(fields[.tables], "'tables' of \(owner)"),
            trees: titled(fields[.trees], "'trees' of \(owner)", "tree", trees.map(\.title)) { node, title in
                read.text(node, "tree '\(title)'")
            })
    }

    /// Rows by the titles of their tables.
    func tables(_ node: YAMLNode?, _ subject: String) -> LiveExpectation.Rows {
        titled(node, subject, "table", tables.map(\.title), rows)
    }

    private func counts(
        _ node: YAMLNode?, _ subject: String, check: (Located<String>) -> Void
    ) -> Located<[Located<SummaryExpectation.Count>]>? {
        guard let node, let entries = read.entries(node, subject) else { return nil }
        return Located(
            entries.compactMap { entry in
                let name = entry.key.scalar ?? ""
                check(Located(name, at: entry.key.range))
                guard
                    let count = read.integer(
                        entry.value, "'\(name)' in \(subject)", in: 0...Self.largestCount)
                else { return nil }
                return Located(.init(name, Int(count)), at: entry.key.range.union(entry.value.range))
            }, at: node.range)
    }

    /// What stands under titles, of tables or of trees.
    private func titled<Value>(
        _ node: YAMLNode?, _ subject: String, _ kind: String, _ known: [String],
        _ value: (YAMLNode, String) -> Value?
    ) -> [(Located<String>, Value)] {
        (read.entries(node, subject) ?? []).compactMap { entry in
            let title = entry.key.scalar ?? ""
            guard !isComplete || known.contains(title) else {
                problems.report(.unknownTitle(title, of: kind, known: known), at: entry.key.range)
                return nil
            }
            return value(entry.value, title).map { (Located(title, at: entry.key.range), $0) }
        }
    }

    private func rows(_ node: YAMLNode, of title: String) -> [Located<[SummaryExpectation.Cell]>]? {
        let columns = tables.first { $0.title == title }?.columns.map(\.value) ?? []
        return read.items(node, "table '\(title)'")?.compactMap { item in
            guard let cells = read.items(item, "a row of table '\(title)'") else { return nil }
            if isComplete, cells.count != columns.count {
                problems.report(
                    .wrongCellCount(cells.count, columns: columns.map(\.label)), at: item.range)
                return nil
            }
            let values = cells.enumerated().compactMap { index, node in
                cell(node, isComplete ? columns[index] : nil)
            }
            return Located(values, at: item.range)
        }
    }

    private func cell(_ node: YAMLNode, _ column: ColumnDefinition?) -> SummaryExpectation.Cell? {
        let isStack = column.map { column in
            if case .field(let name) = column {
                name == RecordKey.stack || name.hasSuffix(".stack")
            } else {
                false
            }
        }
        if case .sequence(let items) = node.content {
            if isStack == false, let column {
                problems.report(.stackIsText(column: column.label), at: node.range)
                return nil
            }
            return .stack(items.compactMap { read.line($0, "a function of a stack")?.value })
        }
        guard let text = node.scalar, [.text, .integer, .float].contains(node.kind) else {
            problems.report(.badCell(node.kind), at: node.range)
            return nil
        }
        // A record that may have a stack need not have one.
        if isStack == true, let column, text != "-", text != "_" {
            problems.report(.stackIsNotText(column: column.label), at: node.range)
            return nil
        }
        return .text(text)
    }
}
