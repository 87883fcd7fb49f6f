/// Renders a summary's tables and trees as one table of comma-separated values (RFC 4180, with bare line feeds).
///
/// The first column, `table`, holds the title; behind it stand the columns of all tables, each once, and a row
/// fills those of its own table. A stack is the text that `folded` has for it. A text that a spreadsheet would
/// take for a formula gets an apostrophe before it, since texts may come from hostile requests.
public struct CSVRenderer: Sendable {
    private static let treeColumns = ["count", "depth", "label"]

    /// Creates a renderer.
    public init() {}

    /// The text: a heading, then a row a line.
    public func render(_ summary: Summary) -> String {
        let columns = Self.columns(of: [summary])
        return Self.line(["table"] + columns.map(Self.guarded)) + rows(of: summary, columns, under: [])
    }

    /// All steps of a runbook: the first column, `step`, holds the name of each.
    func render(_ report: BatchReport) -> String {
        let columns = Self.columns(of: report.summaries.map(\.summary))
        return Self.line(["step", "table"] + columns.map(Self.guarded))
            + report.summaries.map { rows(of: $0.summary, columns, under: [Self.guarded($0.step)]) }.joined()
    }

    /// The columns of all tables and trees, each once.
    private static func columns(of summaries: [Summary]) -> [String] {
        var columns: [String] = []
        for summary in summaries {
            for name in summary.tables.flatMap({ $0.columns.map(\.name) })
                + (summary.trees.isEmpty ? [] : treeColumns) where !columns.contains(name)
            {
                columns.append(name)
            }
        }
        return columns
    }

    private func rows(of summary: Summary, _ columns: [String], under head: [String]) -> String {
        var text = ""
        let before = head.count + 1
        for table in summary.tables {
            let places = table.columns.map { columns.firstIndex(of: $0.name)! }
            for row in table.rows {
                var cells = head + [Self.guarded(table.title)] + columns.map { _ in "" }
                for (place, cell) in zip(places, row) {
                    cells[place + before] = value(of: cell, summary.stacks)
                }
                text += Self.line(cells)
            }
        }
        let places = Self.treeColumns.map { columns.firstIndex(of: $0) }
        for tree in summary.trees {
            for node in tree.nodes {
                var cells = head + [Self.guarded(tree.title)] + columns.map { _ in "" }
                for (place, value) in zip(
                    places, ["\(node.count)", "\(node.depth)", Self.guarded(node.label)])
                {
                    if let place { cells[place + before] = value }
                }
                text += Self.line(cells)
            }
        }
        return text
    }

    private func value(of cell: Table.Cell, _ stacks: [Stack]) -> String {
        switch cell {
        case .none: ""
        case .integer, .hex, .mean: cell.text
        case .text(let text): Self.guarded(text)
        case .stack(let place): Self.guarded(FoldedRenderer.line(of: stacks[place]))
        }
    }

    private static func guarded(_ text: String) -> String {
        let text = TerminalText(isUnicode: true).printable(text)
        // A dash alone is what recipes print for nothing.
        guard let first = text.first, text != "-", "=+-@".contains(first) else { return text }
        return "'" + text
    }

    private static func line(_ cells: [String]) -> String {
        cells.map { cell in
            guard cell.contains(where: { $0 == "," || $0 == "\"" || $0 == " " || $0 == "'" }) else {
                return cell
            }
            return "\"" + cell.replacing("\"", with: "\"\"") + "\""
        }.joined(separator: ",") + "\n"
    }
}
