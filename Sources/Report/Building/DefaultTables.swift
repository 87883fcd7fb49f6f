import RecipeModel

/// The tables of a recipe that states none: equal records counted, a table a kind of record.
enum DefaultTables {
    static func tables(for records: [RecordDefinition], in schema: RecordSchema) -> [TableDefinition] {
        records.indices.map { index in
            let range = records[index].line.range
            let name = records[index].name
            let fields = schema.matchers[index].fieldNames + (schema.hasStack[index] ? ["stack"] : [])
            let columns = [.count] + fields.map { ColumnDefinition.field($0) }
            return TableDefinition(
                title: name, of: Located(name, at: range),
                groupBy: fields.map { Located($0, at: range) },
                columns: columns.map { Located($0, at: range) },
                sort: [TableDefinition.SortKey(column: .count, isDescending: true)])
        }
    }
}
