import FoundationEssentials
import RecipeModel

/// What a live test looks at of a run's summary, read from its JSON.
struct LiveSummary: Decodable {
    struct Table: Decodable {
        var title: String
        var rows: [[Cell]]
    }

    struct Stack: Decodable {
        struct Frame: Decodable { var symbol: String? }
        var frames: [Frame]
    }

    /// A value of a row.
    enum Cell: Decodable {
        case none
        case number(Double)
        case text(String)
        case stack(Int)

        private enum Key: String, CodingKey { case hex, stack }

        init(from decoder: any Decoder) throws {
            if let object = try? decoder.container(keyedBy: Key.self) {
                if let place = try? object.decode(Int.self, forKey: .stack) {
                    self = .stack(place)
                } else {
                    self = .text(try object.decode(String.self, forKey: .hex))
                }
                return
            }
            let value = try decoder.singleValueContainer()
            if value.decodeNil() {
                self = .none
            } else if let number = try? value.decode(Double.self) {
                self = .number(number)
            } else {
                self = .text(try value.decode(String.self))
            }
        }
    }

    var headline: String
    var grade: String
    var tables: [Table]
    var stacks: [Stack]

    /// Whether a row is among those of the table of a title.
    func has(_ row: [SummaryExpectation.Cell], in title: String) -> Bool {
        tables.filter { $0.title == title }.contains { table in
            table.rows.contains { found in
                found.count == row.count && zip(row, found).allSatisfy { matches($0, $1) }
            }
        }
    }

    private func matches(_ expected: SummaryExpectation.Cell, _ found: Cell) -> Bool {
        switch (expected, found) {
        case (.text("_"), _): return true
        case (.text("-"), .none): return true
        case (.text(let text), .number(let number)): return Double(text) == number
        case (.text(let text), .text(let other)): return text == other
        case (.stack(let names), .stack(let place)):
            guard stacks.indices.contains(place) else { return false }
            var rest = names[...]
            for frame in stacks[place].frames where frame.symbol == rest.first { rest = rest.dropFirst() }
            return rest.isEmpty
        default: return false
        }
    }
}
