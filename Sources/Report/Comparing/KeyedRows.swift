/// A table's rows by what they are known by; those that are one by that are added up.
struct KeyedRows {
    var table: Table
    var stacks: [Stack]
    /// The names of the measures; a table without one counts its rows.
    var measures: [String]
    private(set) var order: [RowKey] = []
    private(set) var rows: [RowKey: (key: [Table.Cell], measures: [Table.Cell])] = [:]

    init(_ table: Table, _ summary: Summary, _ isExact: Bool) {
        self.table = table
        stacks = summary.stacks
        let names = table.columns.filter(\.isMeasure).map(\.name)
        measures = names.isEmpty ? ["rows"] : names
        for row in table.rows {
            let key = RowKey(row, of: table, stacks: stacks, isExact: isExact)
            let cells = zip(table.columns, row)
            let values = names.isEmpty ? [.integer(1)] : cells.filter { $0.0.isMeasure }.map(\.1)
            if let known = rows[key]?.measures {
                rows[key]?.measures = measures.indices.map {
                    Measure.combined(known[$0], values[$0], column: measures[$0])
                }
            } else {
                order.append(key)
                rows[key] = (cells.filter { !$0.0.isMeasure }.map(\.1), values)
            }
        }
    }

    /// The same rows with these measures, in this order; one that the table does not have has no value.
    func measuring(_ wanted: [String]) -> KeyedRows {
        guard wanted != measures else { return self }
        let places = wanted.map(measures.firstIndex(of:))
        var copy = self
        copy.measures = wanted
        copy.rows = rows.mapValues { row in
            (row.key, places.map { place in place.map { row.measures[$0] } ?? .none })
        }
        return copy
    }
}
