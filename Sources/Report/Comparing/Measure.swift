/// A column of what was counted or added up, over rows of several tables that turn out to be one.
enum Measure {
    /// The value for two rows together; nothing where one cannot tell, as of means.
    static func combined(_ first: Table.Cell, _ second: Table.Cell, column: String) -> Table.Cell {
        // The mean of what has none, as of two rows together, is not the other's.
        if column.hasPrefix("avg(") { return .none }
        if first == .none { return second }
        if second == .none { return first }
        guard let a = number(first), let b = number(second) else { return .none }
        if column.hasPrefix("min(") { return a <= b ? first : second }
        if column.hasPrefix("max(") { return a >= b ? first : second }
        let (sum, overflows) = a.addingReportingOverflow(b)
        return .integer(overflows ? .max : sum)
    }

    /// Whether a value is greater than another one.
    static func isGreater(_ first: Table.Cell, than second: Table.Cell) -> Bool {
        switch (first, second) {
        case (.none, _): false
        case (_, .none): true
        default: real(first) > real(second)
        }
    }

    /// A value as one that can be subtracted; nil for addresses, of which one is not more than another.
    static func amount(_ cell: Table.Cell) -> Double? {
        switch cell {
        case .integer(let value): Double(value)
        case .mean(let value): value
        case .none, .hex, .text, .stack: nil
        }
    }

    private static func number(_ cell: Table.Cell) -> Int128? {
        switch cell {
        case .integer(let value): value
        case .hex(let value): Int128(value)
        case .none, .mean, .text, .stack: nil
        }
    }

    private static func real(_ cell: Table.Cell) -> Double {
        if case .mean(let value) = cell { return value }
        return number(cell).map { Double($0) } ?? 0
    }
}
