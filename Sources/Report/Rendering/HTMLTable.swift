/// A table of a summary as HTML that the page's script can sort, a stack folded to its innermost function.
struct HTMLTable: Sendable {
    var stacks: [Stack]

    private static let layout = StackLayout(
        width: 400, terminal: TerminalText(isUnicode: true), style: TextStyle(isColored: false),
        maximumFrames: StackStore.maximumDepth)

    func section(of table: Table) -> Markup {
        let heads = table.columns.map { column in
            Markup.element(
                "th", ["scope": "col", "class": column.isNumber ? "number" : "text"],
                .element("button", ["type": "button"], text: column.name))
        }
        let most = table.columns.indices.map { greatest(in: table, $0) }
        let rows = table.rows.map { row in
            Markup.element(
                "tr", [:],
                Markup(
                    table.columns.indices.map { place in
                        cell(row[place], isNumber: table.columns[place].isNumber, most: most[place])
                    }))
        }
        var pieces: [Markup] = [
            .element("h2", text: table.title),
            Self.sortable(heads, rows),
        ]
        if let omission = table.omission { pieces.append(.element("p", text: "… \(omission)")) }
        return .element("section", [:], [.lineEnd, pieces.lines])
    }

    /// A table that the page's script can sort, of the cells of its head and of its rows.
    static func sortable(_ heads: [Markup], _ rows: [Markup]) -> Markup {
        .element(
            "div", ["class": "scroll"],
            .element(
                "table", ["class": "sortable"],
                [
                    .element("thead", [:], .element("tr", [:], Markup(heads))), .lineEnd,
                    .element("tbody", [:], [.lineEnd, rows.lines]),
                ]))
    }

    /// The greatest number of a column that is counted or added up; nil where bars would say nothing.
    private func greatest(in table: Table, _ place: Int) -> Int128? {
        guard table.columns[place].isMeasure, table.rows.count > 1 else { return nil }
        let numbers = table.rows.map { row -> Int128? in
            if case .integer(let value) = row[place] { value } else { nil }
        }
        guard let most = numbers.compactMap(\.self).max(), most > 0 else { return nil }
        return most
    }

    private func cell(_ cell: Table.Cell, isNumber: Bool, most: Int128?) -> Markup {
        if case .stack(let place) = cell { return .element("td", [:], stack(stacks[place])) }
        guard let number = cell.number else {
            return .element("td", ["class": isNumber ? "number" : "text"], text: cell.text)
        }
        guard case .integer(let value) = cell, let most else {
            return .element("td", ["class": "number", "data-value": number], text: cell.text)
        }
        let share = Quantity.fixed(Double(max(value, 0)) / Double(most) * 100, decimals: 1)
        return .element(
            "td", ["class": "number bar", "data-value": number, "style": "--share: \(share)%"],
            text: cell.text)
    }

    private func stack(_ stack: Stack) -> Markup {
        let lines = Self.layout.frameLines(of: stack)
        let more = lines.count > 1 ? " and \(lines.count - 1) more" : ""
        return .element(
            "details", [:],
            [
                .element("summary", text: (stack.frames.first?.name ?? lines[0]) + more),
                .element("pre", [:], lines.map(Markup.text).lines),
            ])
    }
}
