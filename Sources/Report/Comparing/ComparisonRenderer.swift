/// Renders what is different between two runs, for a person and for programs.
public struct ComparisonRenderer: Sendable {
    private let text: TextRenderer

    /// Creates a renderer that lays out lines as that one does.
    public init(_ text: TextRenderer = TextRenderer()) { self.text = text }

    /// The text, each line ending in a line end.
    public func render(_ comparison: RunComparison) -> String {
        let terminal = TerminalText(isUnicode: text.isUnicode)
        let layout = text.layout(stacks: comparison.stacks)
        var lines = TerminalText.wrap(terminal.printable(ReportMessages.headline(of: comparison)), text.width)
            .map(layout.style.title)
        lines.append("")
        for (name, summary) in [("old", comparison.before), ("new", comparison.after)] {
            lines += wrapped("\(name)  \(ReportMessages.line(of: summary))", terminal)
        }
        for caution in ReportMessages.cautions(comparison) { lines += wrapped("note: \(caution)", terminal) }
        let records = comparison.changedRecords
        if !records.isEmpty { lines += [""] + layout.lines(of: Self.table(of: records)) }
        for changes in comparison.tables where !changes.rows.isEmpty {
            lines += [""] + layout.lines(of: Self.table(of: changes))
            for remark in ReportMessages.remarks(on: changes) { lines += wrapped(remark, terminal) }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private func wrapped(_ words: String, _ terminal: TerminalText) -> [String] {
        TerminalText.wrap(terminal.printable(words), text.width - 2).map { "  " + $0 }
    }

    private static func table(of records: [RunComparison.RecordChange]) -> Table {
        Table(
            title: "Records", record: "record",
            columns: [
                .init(name: "record", isNumber: false, isMeasure: false),
                .init(name: "old", isNumber: true, isMeasure: true),
                .init(name: "new", isNumber: true, isMeasure: true),
            ],
            rows: records.map { [.text($0.name), .integer(Int128($0.before)), .integer(Int128($0.after))] },
            omittedRows: 0, omittedRecords: 0)
    }

    /// A measure has one column, `3 -> 5` where both runs have the row.
    private static func table(of changes: RunComparison.TableChanges) -> Table {
        let measures = changes.measures.map { Table.Column(name: $0, isNumber: true, isMeasure: true) }
        return Table(
            title: changes.title, record: "row",
            columns: [.init(name: "change", isNumber: false, isMeasure: false)] + measures + changes.keys,
            rows: changes.rows.map { row in
                let cells = changes.measures.indices.map { place -> Table.Cell in
                    switch (row.before?[place], row.after?[place]) {
                    case (let old?, let new?): .text(old == new ? old.text : "\(old.text) -> \(new.text)")
                    case (let cell?, nil), (nil, let cell?): cell
                    case (nil, nil): .none
                    }
                }
                return [.text(row.change.rawValue)] + cells + row.key
            }, omittedRows: 0, omittedRecords: 0)
    }

    /// The JSON text: format `taprecipe.diff`, version 1, by the rule of ``JSONRenderer``.
    public func json(_ comparison: RunComparison) -> String {
        let renderer = JSONRenderer()
        return JSONValue.object([
            "format": .string("taprecipe.diff"),
            "version": .integer(1),
            "headline": .string(ReportMessages.headline(of: comparison)),
            "equal": .boolean(comparison.isEmpty),
            "exact": .boolean(comparison.isExact),
            "threshold": .string(comparison.thresholds.amounts.text),
            "countThreshold": .string(comparison.thresholds.counts.text),
            "cautions": .array(ReportMessages.cautions(comparison).map { .string($0) }),
            "old": Self.run(comparison.before, renderer),
            "new": Self.run(comparison.after, renderer),
            "records": .array(
                comparison.records.map {
                    .object(["name": .string($0.name), "old": .count($0.before), "new": .count($0.after)])
                }),
            "stacks": .array(comparison.stacks.map(renderer.stack)),
            "tables": .array(comparison.tables.map { Self.value($0, renderer) }),
        ]).text
    }

    private static func run(_ summary: Summary, _ renderer: JSONRenderer) -> JSONValue {
        .object([
            "grade": .string(summary.verdict.grade.rawValue),
            "headline": .string(TextRenderer.headline(of: summary)), "run": renderer.run(summary.facts),
        ])
    }

    private static func value(_ changes: RunComparison.TableChanges, _ renderer: JSONRenderer) -> JSONValue {
        func cells(_ cells: [Table.Cell]?) -> JSONValue {
            cells.map { .array($0.map(renderer.cell)) } ?? .null
        }
        return .object([
            "title": .string(changes.title),
            "keys": .array(changes.keys.map { .string($0.name) }),
            "measures": .array(changes.measures.map { .string($0) }),
            "unchanged": .count(changes.unchangedCount),
            "withinThreshold": .count(changes.negligibleCount),
            "omittedRows": .object([
                "old": .count(changes.omittedBefore), "new": .count(changes.omittedAfter),
            ]),
            "rows": .array(
                changes.rows.map { row in
                    .object([
                        "change": .string(row.change.rawValue), "key": cells(row.key),
                        "old": cells(row.before), "new": cells(row.after),
                    ])
                }),
        ])
    }
}
