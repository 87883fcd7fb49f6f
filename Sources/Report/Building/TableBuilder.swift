import RecipeModel

/// Groups records to the rows of one table, in memory that grows with the number of groups.
struct TableBuilder: Sendable {
    /// What a column shows.
    private enum Column {
        case count
        /// A place in the row's key.
        case key(Int)
        /// A place in the row's aggregates.
        case aggregate(ColumnDefinition.Aggregate, Int)

        var isMeasure: Bool { if case .key = self { false } else { true } }
    }

    /// The numbers of one field over a group.
    private struct Totals {
        var count = 0
        var sum: Int128 = 0
        var least: Int128 = 0
        var greatest: Int128 = 0
        /// Whether all values were printed in hexadecimal, so that the least and greatest are too.
        var isHex = true

        mutating func add(_ value: FieldValue) {
            guard let number = value.number else { return }
            if case .integer = value { isHex = false }
            least = count == 0 ? number : min(least, number)
            greatest = count == 0 ? number : max(greatest, number)
            let (sum, overflows) = sum.addingReportingOverflow(number)
            if !overflows { self.sum = sum }
            count += 1
        }
    }

    private struct Row {
        var key: [FieldValue]
        var count = 0
        var totals: [Totals]
        /// The order in which the groups were first seen.
        var number: Int
    }

    private let definition: TableDefinition
    /// The definition whose records are counted; nil where there is none of that name.
    private let of: Int?
    private let isGrouped: Bool
    private let keyAccessors: [FieldAccessor]
    private let totalAccessors: [FieldAccessor]
    private let columns: [Column]
    private let sortColumns: [(column: Column, isDescending: Bool)]
    private let maximumRows: Int

    private var rows: [Row] = []
    private var places: [[FieldValue]: Int] = [:]
    private var recordCount = 0
    /// How many rows there were in all, where single rows were let go of because they could not be shown.
    private var rowCount = 0
    /// How many records were not counted because there was no room for their group.
    private(set) var droppedCount = 0

    /// The heading.
    var title: String { definition.title }

    init(_ definition: TableDefinition, in schema: RecordSchema, maximumRows: Int) {
        self.definition = definition
        self.maximumRows = max(maximumRows, 1)
        of = schema.names.firstIndex(of: definition.of.value)
        isGrouped = !definition.groupBy.isEmpty
        var keys = definition.groupBy.map(\.value)
        var totals: [String] = []
        func place(of column: ColumnDefinition) -> Column {
            switch column {
            case .count: return .count
            case .field(let name):
                if let index = keys.firstIndex(of: name) { return .key(index) }
                keys.append(name)
                return .key(keys.count - 1)
            case .aggregate(let aggregate, let name):
                if let index = totals.firstIndex(of: name) { return .aggregate(aggregate, index) }
                totals.append(name)
                return .aggregate(aggregate, totals.count - 1)
            }
        }
        columns = definition.columns.map { place(of: $0.value) }
        sortColumns = definition.sort.map { (place(of: $0.column), $0.isDescending) }
        keyAccessors = keys.map { FieldAccessor($0, in: schema) }
        totalAccessors = totals.map { FieldAccessor($0, in: schema) }
    }

    /// Counts a record, if it is one of this table's.
    mutating func add(_ record: Record, parents: [Record]) {
        guard record.definition == of else { return }
        recordCount += 1
        let key = keyAccessors.map { $0.value(of: record, parents: parents) }
        guard let place = isGrouped ? group(key) : single(key) else {
            droppedCount += 1
            return
        }
        rows[place].count += 1
        for (index, accessor) in totalAccessors.enumerated() {
            rows[place].totals[index].add(accessor.value(of: record, parents: parents))
        }
    }

    private mutating func group(_ key: [FieldValue]) -> Int? {
        if let place = places[key] { return place }
        guard rows.count < maximumRows else { return nil }
        let key = key.map(\.compacted)
        places[key] = rows.count
        return append(key)
    }

    /// A row of its own; of rows that will not be shown only as many are kept as make sorting rare.
    private mutating func single(_ key: [FieldValue]) -> Int {
        if rows.count >= max(1024, definition.limit * 2) { rows = first(definition.limit) }
        return append(key.map(\.compacted))
    }

    private mutating func append(_ key: [FieldValue]) -> Int {
        rows.append(Row(key: key, totals: totalAccessors.map { _ in Totals() }, number: rowCount))
        rowCount += 1
        return rows.count - 1
    }

    /// The table so far.
    func table(stackNumber: (Int) -> Int) -> Table {
        let shown = saysNothing ? [] : first(definition.limit)
        return Table(
            title: definition.title, record: definition.of.value,
            columns: zip(definition.columns, columns).map { definition, column in
                Table.Column(
                    name: definition.value.label, isNumber: isNumber(column, in: shown),
                    isMeasure: column.isMeasure)
            },
            rows: shown.map { row in columns.map { cell($0, of: row, stackNumber) } },
            omittedRows: saysNothing ? 0 : rowCount - shown.count,
            omittedRecords: saysNothing ? 0 : recordCount - droppedCount - shown.reduce(0) { $0 + $1.count })
    }

    /// Whether no record has what they are counted by, such as a stack: how many there are is told elsewhere.
    private var saysNothing: Bool {
        isGrouped && rows.count == 1 && rows[0].key.allSatisfy { $0 == .none }
            && columns.allSatisfy { if case .aggregate = $0 { false } else { true } }
    }

    /// At most so many rows, those that the table's order has first.
    private func first(_ count: Int) -> [Row] {
        rows.first(count) { left, right in
            for (column, isDescending) in sortColumns {
                let a = value(column, of: left)
                let b = value(column, of: right)
                if FieldValue.isLess(a, b) { return !isDescending }
                if FieldValue.isLess(b, a) { return isDescending }
            }
            return left.number < right.number
        }
    }

    /// What rows are ordered by; a mean in thousandths.
    private func value(_ column: Column, of row: Row) -> FieldValue {
        switch column {
        case .count: return .integer(Int128(row.count))
        case .key(let place): return row.key[place]
        case .aggregate(let aggregate, let place):
            let totals = row.totals[place]
            guard totals.count > 0 else { return .none }
            switch aggregate {
            case .sum: return .integer(totals.sum)
            case .min: return .integer(totals.least)
            case .max: return .integer(totals.greatest)
            case .avg: return .integer(totals.sum * 1000 / Int128(totals.count))
            }
        }
    }

    private func cell(_ column: Column, of row: Row, _ stackNumber: (Int) -> Int) -> Table.Cell {
        if case .aggregate(let aggregate, let place) = column, row.totals[place].count > 0 {
            let totals = row.totals[place]
            switch aggregate {
            case .sum: break
            case .min where totals.isHex: return .hex(UInt64(clamping: totals.least))
            case .max where totals.isHex: return .hex(UInt64(clamping: totals.greatest))
            case .min, .max: break
            case .avg: return .mean(Double(totals.sum) / Double(totals.count))
            }
        }
        switch value(column, of: row) {
        case .none: return .none
        case .integer(let value): return .integer(value)
        case .hex(let value): return .hex(value)
        case .text(let text): return .text(text.decoded)
        case .stack(let id): return .stack(stackNumber(id))
        }
    }

    private func isNumber(_ column: Column, in rows: [Row]) -> Bool {
        guard case .key(let place) = column else { return true }
        return !rows.isEmpty
            && rows.allSatisfy { row in
                switch row.key[place] {
                case .none, .integer, .hex: true
                case .text, .stack: false
                }
            }
    }
}
