/// A record with what followed it.
struct Record: Sendable {
    /// The place of its definition among the recipe's.
    var definition: Int
    /// The fields' values, in the pattern's order.
    var values: [FieldValue]
    /// Its backtrace, or none.
    var stack: FieldValue = .none
    /// The records that followed it as its own.
    var children: [Record] = []
    /// Whether it was told before it ended.
    var isTold = false
}

/// Finds a field's value in a record, its parents or its first child of a kind.
struct FieldAccessor: Sendable {
    /// Marks the field `stack` in `places`.
    private static let stackPlace = -2
    private static let absent = -1

    /// The definition that the field must belong to (`record.field`); nil: the record's own or a parent's.
    private let definition: Int?
    /// For each definition the field's place in its values.
    private let places: [Int]

    /// Resolves `field` or `record.field` against all definitions.
    init(_ path: String, in schema: RecordSchema) {
        var name = path[...]
        if let dot = path.firstIndex(of: ".") {
            definition = schema.names.firstIndex(of: String(path[..<dot]))
            name = path[path.index(after: dot)...]
        } else {
            definition = nil
        }
        places = schema.matchers.indices.map { index in
            if name == "stack" { return schema.hasStack[index] ? Self.stackPlace : Self.absent }
            return schema.matchers[index].fieldNames.firstIndex(of: String(name)) ?? Self.absent
        }
    }

    /// The value; `parents` from the outermost to the nearest.
    func value(of record: Record, parents: [Record]) -> FieldValue {
        if definition == nil || definition == record.definition, let value = own(record) { return value }
        for parent in parents.reversed() where definition == nil || definition == parent.definition {
            if let value = own(parent) { return value }
        }
        guard let definition, let child = record.children.first(where: { $0.definition == definition })
        else { return .none }
        return own(child) ?? .none
    }

    private func own(_ record: Record) -> FieldValue? {
        switch places[record.definition] {
        case Self.absent: nil
        case Self.stackPlace: record.stack
        case let place: record.values[place]
        }
    }
}
