/// Lays out a table in the terminal's width, a stack as a block of frames below its row.
struct TableLayout: Sendable {
    var width: Int
    var terminal: TerminalText
    var style: TextStyle
    var maximumFrames: Int
    var stacks: [Stack]

    private static let indent = "  "
    private static let gap = 2
    /// The narrowest that a text column is made before the row is laid out as lines.
    private static let leastTextWidth = 8

    func lines(of table: Table) -> [String] {
        let flat = table.columns.indices.filter { column in
            !table.rows.contains { if case .stack = $0[column] { true } else { false } }
        }
        let blocks = table.columns.indices.filter { !flat.contains($0) }
        let names = flat.map { terminal.printable(table.columns[$0].name) }
        let cells = table.rows.map { row in flat.map { terminal.printable(row[$0].text) } }
        var lines = TerminalText.wrap(terminal.printable(table.title), width).map(style.title)
        if let widths = columnWidths(names, cells, flat.map { table.columns[$0].isNumber }) {
            if !flat.isEmpty { lines.append(style.dim(row(names, widths, table, flat))) }
            for (index, cells) in cells.enumerated() {
                if index > 0, !blocks.isEmpty { lines.append("") }
                if !flat.isEmpty { lines.append(row(cells, widths, table, flat)) }
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

    /// The columns' widths, text columns made narrower, the widest first, until the row fits; nil where it
    /// cannot fit without cutting a number.
    private func columnWidths(_ names: [String], _ cells: [[String]], _ isNumber: [Bool]) -> [Int]? {
        var widths = names.indices.map { column in
            cells.reduce(TerminalText.width(names[column])) { max($0, TerminalText.width($1[column])) }
        }
        let room = width - Self.indent.count - Self.gap * max(names.count - 1, 0)
        var excess = widths.reduce(0, +) - room
        while excess > 0 {
            let texts = widths.indices.filter { !isNumber[$0] && widths[$0] > Self.leastTextWidth }
            guard let widest = texts.max(by: { widths[$0] < widths[$1] }) else { return nil }
            let next = texts.filter { $0 != widest }.map { widths[$0] }.max() ?? 0
            let step = min(excess, max(widths[widest] - max(next, Self.leastTextWidth), 1))
            widths[widest] -= step
            excess -= step
        }
        return widths
    }

    private func row(_ cells: [String], _ widths: [Int], _ table: Table, _ flat: [Int]) -> String {
        var line = Self.indent
        for (index, cell) in cells.enumerated() {
            let text = terminal.fit(cell, widths[index])
            let padding = String(repeating: " ", count: widths[index] - TerminalText.width(text))
            if index > 0 { line += String(repeating: " ", count: Self.gap) }
            line += table.columns[flat[index]].isNumber ? padding + text : text + padding
        }
        while line.last == " " { line.removeLast() }
        return line
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
