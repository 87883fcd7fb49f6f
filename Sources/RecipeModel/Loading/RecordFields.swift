/// Which fields the tables and trees of each record may name.
struct RecordFields {
    /// What a field's value is.
    enum Kind: Equatable {
        case number
        case text
        case stack
    }

    /// By record, by the name in a table.
    private let fields: [String: [String: Kind]]
    /// The names of the records.
    let names: [String]

    init(_ records: [RecordDefinition]) {
        names = records.map(\.name)
        let own = Dictionary(records.map { ($0.name, Self.own($0)) }) { first, _ in first }
        var parents: [String: Set<String>] = [:]
        for record in records {
            for child in record.childNames { parents[child.value, default: []].insert(record.name) }
        }
        var fields: [String: [String: Kind]] = [:]
        for record in records {
            var all = own[record.name] ?? [:]
            for child in record.childNames {
                for (name, kind) in own[child.value] ?? [:] { all["\(child.value).\(name)"] = kind }
            }
            var seen: Set<String> = [record.name]
            var pending = Array(parents[record.name] ?? [])
            while let ancestor = pending.popLast() {
                guard seen.insert(ancestor).inserted else { continue }
                all.merge(own[ancestor] ?? [:]) { nearer, _ in nearer }
                pending += parents[ancestor] ?? []
            }
            fields[record.name] = all
        }
        self.fields = fields
    }

    private static func own(_ record: RecordDefinition) -> [String: Kind] {
        // The pattern was parsed before; a malformed one has been reported and has no fields.
        let pattern = try? RecordPattern(parsing: record.line.value)
        var fields: [String: Kind] = record.hasStack ? [RecordKey.stack: .stack] : [:]
        for field in pattern?.fields ?? [] { fields[field.name] = field.type.isNumber ? .number : .text }
        return fields
    }

    /// What the field of a record is; nil where it has none of that name.
    func kind(of field: String, in record: String) -> Kind? { fields[record]?[field] }

    /// The fields that a record's tables may name.
    func fields(of record: String) -> [String] { (fields[record] ?? [:]).keys.sorted() }
}
