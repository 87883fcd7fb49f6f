extension Table.Cell {
    /// The value in words, which may hold control characters; nothing for a stack.
    public var text: String {
        switch self {
        case .none: "-"
        case .integer(let value): "\(value)"
        case .hex(let value): "0x\(String(value, radix: 16))"
        case .mean(let value): Quantity.mean(value)
        case .text(let text): text
        case .stack: ""
        }
    }

    /// The value as a decimal number with all its digits; nil where it is none.
    var number: String? {
        switch self {
        case .integer(let value): "\(value)"
        case .hex(let value): "\(value)"
        case .mean(let value): "\(value)"
        case .none, .text, .stack: nil
        }
    }
}

extension Table {
    /// How many rows and records are not shown, such as `and 3 more rows (5 requests)`; nil where all are.
    var omission: String? {
        guard omittedRows > 0 else { return nil }
        let records = ReportMessages.records(omittedRecords, record)
        let text = "and \(ReportMessages.records(omittedRows, "more row")) (\(records))"
        return isOfCutTables ? "\(text), left out by hosts: the numbers above may be too low" : text
    }
}
