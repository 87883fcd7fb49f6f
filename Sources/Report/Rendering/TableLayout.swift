/// Lays out a table in the terminal's width, a stack as a block of frames below its row.
struct TableLayout: Sendable {
    var width: Int
    var terminal: TerminalText
    var style: TextStyle
    var maximumFrames: Int
    var stacks: [Stack]
    /// Whether texts of the last column are broken into lines where they do not fit, rather than cut: nothing stands
    /// behind them.
    var breaksLastColumn: Bool

    private static let indent = "  "
    private static let gap = 2
    /// Which text columns are made narrower in turn, and how narrow, before the row is laid out as lines: those first
    /// that are broken into lines, as nothing of them is lost.
    private static let narrowing = [
        (isWhole: true, least: 24), (isWhole: false, least: 8), (isWhole: true, least: 8),
    ]

    func lines(of table: Table) -> [String] {
        let flat = table.columns.indices.filter { column in
            !table.rows.contains { if case .stack = $0[column] { true } else { false } }
        }
        let blocks = table.columns.indices.filter { !flat.contains($0) }
        let names = flat.map { terminal.printable(table.columns[$0].name) }
        let cells = table.rows.map { row in flat.map { terminal.printable(row[$0].text) } }
        var lines = TerminalText.wrap(terminal.printable(table.title), width).map(style.title)
        var columns = flat.map { table.columns[$0] }
        if breaksLastColumn, let last = columns.indices.last { columns[last].isWhole = true }
        if let widths = columnWidths(names, cells, columns) {
            if !flat.isEmpty { lines += row(names, widths, columns).map(style.dim) }
            for (index, cells) in cells.enumerated() {
                if index > 0, !blocks.isEmpty { lines.append("") }
                if !flat.isEmpty { lines += row(cells, widths, columns) }
                lines += stackLines(of: table.rows[index], blocks, table)
            }
        } else {
            for (index, cells) in cells.enumerated() {
                for (name, cell) in zip(names, cells) {
                    lines += TerminalText.wrap("\(name): \(cell)", width - 2).map { Self.indent + $0 }
                }
                lines += stackLines(of: table.rows[index], blocks, table)
                if index < table.rows.count - 1 { lines.append("") }
            }
        }
        if let omission = table.omission {
            lines += TerminalText.wrap(terminal.printable("\(terminal.ellipsis) \(omission)"), width - 2)
                .map { Self.indent + $0 }
        }
        return lines
    }

    /// The columns' widths, text columns made narrower until the row fits, the widest first; nil where it cannot fit
    /// without cutting a number.
    private func columnWidths(
        _ names: [String], _ cells: [[String]], _ columns: [Table.Column]
    ) -> [Int]? {
        var widths = names.indices.map { column in
            cells.reduce(TerminalText.width(names[column])) { max($0, TerminalText.width($1[column])) }
        }
        let room = width - Self.indent.count - Self.gap * max(names.count - 1, 0)
        var excess = widths.reduce(0, +) - room
        for (isWhole, least) in Self.narrowing {
            while excess > 0 {
                let texts = widths.indices.filter {
                    !columns[$0].isNumber && columns[$0].isWhole == isWhole && widths[$0] > least
                }
                guard let widest = texts.max(by: { widths[$0] < widths[$1] }) else { break }
                let next = texts.filter { $0 != widest }.map { widths[$0] }.max() ?? 0
                let step = min(excess, max(widths[widest] - max(next, least), 1))
                widths[widest] -= step
                excess -= step
            }
        }
        return excess > 0 ? nil : widths
    }

    /// A row, of several lines where a cell that may not be cut is wider than its column.
    private func row(_ cells: [String], _ widths: [Int], _ columns: [Table.Column]) -> [String] {
        let parts = cells.indices.map { index in
            // A cell that fits keeps its blanks.
            columns[index].isWhole && TerminalText.width(cells[index]) > widths[index]
                ? TerminalText.wrap(cells[index], widths[index]) : [terminal.fit(cells[index], widths[index])]
        }
        return (0..<(parts.map(\.count).max() ?? 0)).map { number in
            var line = Self.indent
            for (index, part) in parts.enumerated() {
                let text = number < part.count ? part[number] : ""
                let padding = String(repeating: " ", count: widths[index] - TerminalText.width(text))
                if index > 0 { line += String(repeating: " ", count: Self.gap) }
                line += columns[index].isNumber ? padding + text : text + padding
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    private func stackLines(of row: [Table.Cell], _ blocks: [Int], _ table: Table) -> [String] {
        var lines: [String] = []
        for column in blocks {
            if blocks.count > 1 {
                let name = terminal.printable(table.columns[column].name) + ":"
                lines.append("    " + style.dim(terminal.fit(name, width - 4)))
            }
            switch row[column] {
            case .stack(let number):
                lines += StackLayout(
                    width: width, terminal: terminal, style: style, maximumFrames: maximumFrames
                )
                .lines(of: stacks[number])
            default: lines.append("      " + style.dim(terminal.fit("no stack", width - 6)))
            }
        }
        return lines
    }
}
