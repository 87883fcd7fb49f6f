/// Renders a summary as Markdown (GitHub's), for tickets and chats: tables as tables, stacks and trees as text.
public struct MarkdownRenderer: Sendable {
    /// The most lines of a tree; the rest is counted.
    private static let maximumTreeLines = 1000
    private static let terminal = TerminalText(isUnicode: true)
    private static let style = TextStyle(isColored: false)
    /// Wide enough that nothing is cut but what nobody would read.
    private static let width = 400

    /// What stands before the first heading; those below have one more.
    private let mark: String

    /// Creates a renderer; `level` is that of the first heading.
    public init(level: Int = 1) { mark = String(repeating: "#", count: level) }

    /// The text, each line ending in a line end.
    public func render(_ summary: Summary) -> String { render(summary, as: nil) }

    /// The same under a heading that begins with `subject`, by default the recipe's name.
    func render(_ summary: Summary, as subject: String?) -> String {
        var lines = [mark + " " + MarkdownText.words(TextRenderer.headline(of: summary, as: subject)), ""]
        lines += FactRows.rows(of: summary).map { "- **\($0.label)**: \(MarkdownText.words($0.text))" }
        for sentence in ReportMessages.conclusions(summary) { lines += ["", MarkdownText.words(sentence)] }
        for table in summary.tables where !table.rows.isEmpty {
            lines += self.lines(of: table, summary.stacks)
        }
        for tree in summary.trees where !tree.nodes.isEmpty {
            let layout = TreeLayout(
                width: Self.width, terminal: Self.terminal, style: Self.style,
                maximumLines: Self.maximumTreeLines)
            lines += section(tree.title) + MarkdownText.fenced(Array(layout.lines(of: tree).dropFirst()))
        }
        for histogram in summary.histograms {
            let layout = HistogramLayout(width: 100, terminal: Self.terminal, style: Self.style)
            lines += section(histogram.title ?? ReportMessages.untitledHistogram)
            lines += MarkdownText.fenced(layout.barLines(of: histogram))
        }
        for (title, texts) in ReportMessages.excerpts(of: summary) {
            lines += section(title) + MarkdownText.fenced(texts.map(Self.terminal.printable))
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private func section(_ title: String) -> [String] { ["", mark + "# " + MarkdownText.words(title), ""] }

    /// A table, and below it the stacks that its rows name by number.
    private func lines(of table: Table, _ stacks: [Stack]) -> [String] {
        var lines = section(table.title)
        lines.append(row(table.columns.map { MarkdownText.words($0.name) }))
        lines.append(row(table.columns.map { $0.isNumber ? "---:" : ":---" }))
        var shown: [Int] = []
        for cells in table.rows {
            lines.append(
                row(
                    cells.map { cell in
                        switch cell {
                        case .text(let text): return MarkdownText.code(text)
                        case .stack(let place):
                            if !shown.contains(place) { shown.append(place) }
                            return "stack \(place + 1)"
                        default: return cell.text
                        }
                    }))
        }
        if let omission = table.omission { lines += ["", "… " + MarkdownText.words(omission)] }
        let layout = StackLayout(
            width: Self.width, terminal: Self.terminal, style: Self.style,
            maximumFrames: StackStore.maximumDepth)
        for place in shown {
            lines += ["", "Stack \(place + 1):", ""]
            lines += MarkdownText.fenced(layout.frameLines(of: stacks[place]))
        }
        return lines
    }

    private func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
}
