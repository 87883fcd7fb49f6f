import RecipeModel
import Report

extension Summary {
    /// Whether a row is among those of the table of a title, as a live test states it.
    func has(_ row: [SummaryExpectation.Cell], in title: String) -> Bool {
        tables.filter { $0.title == title }.contains { table in
            table.rows.contains { found in
                found.count == row.count && zip(row, found).allSatisfy { matches($0, $1) }
            }
        }
    }

    private func matches(_ expected: SummaryExpectation.Cell, _ found: Table.Cell) -> Bool {
        switch (expected, found) {
        case (.text("_"), _): return true
        case (.text("-"), .none): return true
        case (.text(let text), .integer(let number)): return Double(text) == Double(number)
        case (.text(let text), .mean(let number)): return Double(text) == number
        case (.text(let text), .hex), (.text(let text), .text): return text == found.text
        case (.stack(let names), .stack(let place)):
            var rest = names[...]
            for frame in stacks[place].frames where frame.symbol == rest.first { rest = rest.dropFirst() }
            return rest.isEmpty
        default: return false
        }
    }
}
