extension SummaryDocument {
    /// A table in a summary's JSON form.
    struct TableItem: Decodable {
        var title: String
        var record: String
        var columns: [String]
        /// Absent before it was added.
        var kinds: [String]?
        var rows: [[CellItem]]
        var omittedRows: DocumentCount
        var omittedRecords: DocumentCount

        /// The table; each row has a cell a column, and stacks are among so many.
        func table(stackCount: Int) throws(DocumentProblem) -> Table {
            guard rows.allSatisfy({ $0.count == columns.count }),
                kinds.map({ $0.count == columns.count }) ?? true
            else { throw .outOfRange("rows") }
            for row in rows {
                for item in row {
                    guard case .stack(let place) = item.cell else { continue }
                    guard (0..<stackCount).contains(place) else { throw .outOfRange("stack") }
                }
            }
            return Table(
                title: title, record: record, columns: columns.indices.map(column),
                rows: rows.map { row in zip(columns, row).map { Self.cell($1.cell, of: $0) } },
                omittedRows: omittedRows.value, omittedRecords: omittedRecords.value)
        }

        private func column(_ place: Int) -> Table.Column {
            let name = columns[place]
            if let kind = kinds.flatMap({ Table.Column.Kind(rawValue: $0[place]) }) {
                return .init(name: name, isNumber: kind != .text, isMeasure: kind == .measure)
            }
            let isMeasure = name == "count" || name.hasSuffix(")")
            let isNumber = rows.allSatisfy { row in
                switch row[place].cell {
                case .none, .integer, .hex, .mean: true
                case .text, .stack: false
                }
            }
            return .init(name: name, isNumber: isMeasure || isNumber && !rows.isEmpty, isMeasure: isMeasure)
        }

        /// A mean that is a whole number looks like an integer in JSON.
        private static func cell(_ cell: Table.Cell, of column: String) -> Table.Cell {
            guard column.hasPrefix("avg("), case .integer(let value) = cell else { return cell }
            return .mean(Double(value))
        }
    }

    /// A cell: a number, a text, null, `{"hex": "0x…"}` or `{"stack": PLACE}`.
    struct CellItem: Decodable {
        private struct Special: Decodable {
            var hex: DocumentHex?
            var stack: DocumentCount?
        }

        var cell: Table.Cell

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                cell = .none
            } else if let text = try? container.decode(String.self) {
                cell = .text(text)
            } else if let value = try? container.decode(Int128.self) {
                cell = .integer(value)
            } else if let value = try? container.decode(Double.self) {
                cell = .mean(value)
            } else {
                let special = try container.decode(Special.self)
                if let hex = special.hex {
                    cell = .hex(hex.value)
                } else if let stack = special.stack {
                    cell = .stack(stack.value)
                } else {
                    cell = .none
                }
            }
        }
    }
}
