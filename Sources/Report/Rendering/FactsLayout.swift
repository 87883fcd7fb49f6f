/// Lays out what a summary opens with in the terminal's width.
struct FactsLayout: Sendable {
    var width: Int
    var terminal: TerminalText
    var style: TextStyle

    private static let labelWidth = 12

    func lines(of summary: Summary) -> [String] { FactRows.rows(of: summary).flatMap(lines) }

    private func lines(of row: FactRows.Row) -> [String] {
        let indent = "  "
        let room = width - indent.count - Self.labelWidth
        return TerminalText.wrap(terminal.printable(row.text), room).enumerated().map { index, line in
            let head = index == 0 ? row.label : ""
            let padding = String(repeating: " ", count: Self.labelWidth - head.count)
            return indent + style.dim(head) + padding + painted(line, row.tone)
        }
    }

    private func painted(_ line: String, _ tone: FactRows.Tone) -> String {
        switch tone {
        case .plain: line
        case .loss: style.loss(line)
        case .grade(let grade): style.grade(line, grade)
        }
    }
}
