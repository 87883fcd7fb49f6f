import Diagnostics

/// Reads `summary-tables:` and `summary-trees:` and holds them against the records.
struct SummaryReader {
    let records: RecordFields
    let problems: ProblemCollector
    /// Whether the records could be read; else nothing is held against them, as it would only be said twice.
    let isComplete: Bool

    private static let largestLimit: Int64 = 1_000_000
    private var read: NodeReader { NodeReader(problems: problems) }

    func tables(_ node: YAMLNode?) -> [TableDefinition] {
        (read.items(node, "'summary-tables'") ?? []).compactMap(table)
    }

    func trees(_ node: YAMLNode?) -> [TreeDefinition] {
        (read.items(node, "'summary-trees'") ?? []).compactMap(tree)
    }

    private func table(_ node: YAMLNode) -> TableDefinition? {
        guard let fields = Fields<TableKey>(node, of: "a table", place: start(of: node), problems) else {
            return nil
        }
        let title = read.line(fields.required(.title), "'title'")
        let record = record(fields.required(.of))
        var groups: [Located<String>] = []
        for item in read.items(fields[.groupBy], "'group-by'") ?? [] {
            guard let name = read.text(item, "an item of 'group-by'", expected: "a field's name") else {
                continue
            }
            groups.append(name)
            check(name, of: record)
        }
        let groupNames = fields[.groupBy] == nil ? nil : groups.map(\.value)
        var columns: [Located<ColumnDefinition>] = []
        if let list = read.items(fields.required(.columns), "'columns'") {
            if list.isEmpty { problems.report(.emptyList("'columns'"), at: fields[.columns]?.range) }
            for item in list {
                guard let text = read.text(item, "an item of 'columns'", expected: "a column"),
                    let column = column(text, of: record, groups: groupNames)
                else { continue }
                columns.append(Located(column, at: text.range))
            }
        }
        let sort = sort(fields[.sort], of: record, groups: groupNames)
        let limit = read.integer(fields[.limit], "'limit'", in: 1...Self.largestLimit)
        guard let title, let record else { return nil }
        return TableDefinition(
            title: title.value, of: record, groupBy: groups, columns: columns, sort: sort,
            limit: limit.map { Int($0) } ?? 20)
    }

    private func sort(_ node: YAMLNode?, of record: Located<String>?, groups: [String]?) -> [TableDefinition
        .SortKey]
    {
        guard let node else { return [] }
        let items: [YAMLNode] = if case .sequence(let items) = node.content { items } else { [node] }
        return items.compactMap { item in
            guard var text = read.text(item, "'sort'", expected: "a column") else { return nil }
            let isDescending = text.value.hasPrefix("-")
            if isDescending {
                text = Located(String(text.value.dropFirst()), at: item.range(of: 1..<text.value.utf8.count))
            }
            guard let column = column(text, of: record, groups: groups) else { return nil }
            return TableDefinition.SortKey(column: column, isDescending: isDescending)
        }
    }

    private func column(
        _ text: Located<String>, of record: Located<String>?, groups: [String]?
    ) -> ColumnDefinition? {
        let column: ColumnDefinition
        do {
            column = try ColumnText.parse(text.value)
        } catch {
            problems.report(.column(error, written: text.value), at: text.range)
            return nil
        }
        switch column {
        case .count: break
        case .field(let field):
            guard check(Located(field, at: text.range), of: record) else { return nil }
            if let groups, !groups.contains(field) {
                problems.report(.columnIsNotGrouped(field, groups: groups), at: text.range)
            }
        case .aggregate(let function, let field):
            guard check(Located(field, at: text.range), of: record) else { return nil }
            switch record.flatMap({ records.kind(of: field, in: $0.value) }) {
            case .text: problems.report(.aggregateOfText(function.rawValue, field: field), at: text.range)
            case .stack: problems.report(.aggregateOfStack(function.rawValue), at: text.range)
            case .number, nil: break
            }
        }
        return column
    }

    private func tree(_ node: YAMLNode) -> TreeDefinition? {
        guard let fields = Fields<TreeKey>(node, of: "a tree", place: start(of: node), problems) else {
            return nil
        }
        let title = read.line(fields.required(.title), "'title'")
        let record = record(fields.required(.of))
        let parent = read.text(fields.required(.parent), "'parent'", expected: "a field's name")
        let child = read.text(fields.required(.child), "'child'", expected: "a field's name")
        for field in [parent, child] { if let field { check(field, of: record) } }
        let parentLabel = label(fields[.parentLabel], "'parent-label'", of: record)
        let childLabel = label(fields[.childLabel], "'child-label'", of: record)
        let renamedBy = self.record(fields[.renamedBy], "'renamed-by'")
        if let renamedBy, let child, check(child, of: renamedBy), childLabel != nil {
            _ = label(fields[.childLabel], "'child-label'", of: renamedBy)
        }
        guard let title, let record, let parent, let child else { return nil }
        return TreeDefinition(
            title: title.value, of: record, parent: parent, child: child,
            parentLabel: parentLabel ?? Located("{\(parent.value)}", at: parent.range),
            childLabel: childLabel ?? Located("{\(child.value)}", at: child.range),
            renamedBy: renamedBy)
    }

    private func label(_ node: YAMLNode?, _ subject: String, of record: Located<String>?) -> Located<String>?
    {
        guard let node, let text = read.line(node, subject) else { return nil }
        do {
            for case .field(let name) in try LabelTemplate(parsing: text.value).pieces {
                guard check(Located(name, at: text.range), of: record) else { return nil }
            }
        } catch {
            problems.report(.pattern(error, of: subject), at: node.range(of: error.offsets))
            return nil
        }
        return text
    }

    private func record(_ node: YAMLNode?, _ subject: String = "'of'") -> Located<String>? {
        guard let name = read.text(node, subject, expected: "a record's name") else { return nil }
        guard !isComplete || records.names.contains(name.value) else {
            problems.report(.unknownRecord(name.value, known: records.names), at: name.range)
            return nil
        }
        return name
    }

    /// Whether the record has the field; reported where not.
    @discardableResult
    private func check(_ field: Located<String>, of record: Located<String>?) -> Bool {
        guard isComplete, let record else { return true }
        if records.kind(of: field.value, in: record.value) != nil { return true }
        problems.report(
            .unknownField(field.value, record: record.value, known: records.fields(of: record.value)),
            at: field.range)
        return false
    }

    private func start(of node: YAMLNode) -> SourceRange {
        node.range.source.range(node.range.lower, node.range.lower)
    }
}
