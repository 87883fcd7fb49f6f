/// Renders what a store knows of its runs for a person at a terminal: a line a run.
public struct HistoryRenderer: Sendable {
    private let text: TextRenderer

    /// Creates a renderer that lays out lines as that one does.
    public init(_ text: TextRenderer) { self.text = text }

    /// The text, each line ending in a line end.
    public func render(_ history: RunHistory) -> String {
        guard !history.rows.isEmpty else { return "no runs\n" }
        let hosts = Set(history.rows.map(\.host))
        var columns: [(name: String, isNumber: Bool, cell: (RunHistory.Row) -> Table.Cell)] = [
            ("id", true, { .integer(Int128($0.id)) }),
            // As a number, which is never cut.
            ("ended", true, { .text(UTCTime.text($0.ended)) }),
            ("recipe", false, { .text($0.recipe) }),
            ("records", true, { .integer(Int128($0.records)) }),
            ("grade", false, { .text($0.grade) }),
            ("exit", true, { .integer(Int128($0.status)) }),
            ("binary", false, { .text($0.binary ?? "-") }),
        ]
        if hosts.count > 1 { columns.append(("host", false, { .text($0.host ?? "-") })) }
        let table = Table(
            title: "Runs", record: "run",
            columns: columns.map { .init(name: $0.name, isNumber: $0.isNumber, isMeasure: false) },
            rows: history.rows.map { row in columns.map { $0.cell(row) } }, omittedRows: 0, omittedRecords: 0)
        var lines = text.layout(stacks: [], breaksLastColumn: false).lines(of: table).dropFirst()
        if history.omitted > 0 { lines.append("  and \(history.omitted) more; --limit shows them") }
        return lines.map { $0 + "\n" }.joined()
    }
}

extension TextRenderer {
    /// How tables are laid out whose stacks are these.
    func layout(stacks: [Stack], breaksLastColumn: Bool = true) -> TableLayout {
        TableLayout(
            width: width, terminal: TerminalText(isUnicode: isUnicode),
            style: TextStyle(isColored: isColored),
            maximumFrames: maximumFrames, stacks: stacks, breaksLastColumn: breaksLastColumn)
    }
}
