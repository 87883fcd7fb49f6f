import RecipeModel

/// Adds up one kind of record by the stacks of it, in memory that grows with the number of distinct stacks.
struct ProfileBuilder: Sendable {
    /// What a profile is of.
    private struct Definition: Hashable {
        var record: Int
        /// `stack`, or `record.stack` for that of a record which follows.
        var path: String
        var weight: Profile.Weight
    }

    private let definition: Definition
    private let title: String
    private let record: String
    private let stack: FieldAccessor
    private let summand: FieldAccessor?
    /// By the stacks' numbers.
    private var weights: [Int128] = []
    private var weightWithoutStack: Int128 = 0

    private init(_ definition: Definition, title: String, in schema: RecordSchema) {
        self.definition = definition
        self.title = title
        record = schema.names[definition.record]
        stack = FieldAccessor(definition.path, in: schema)
        summand =
            switch definition.weight {
            case .count: nil
            case .sum(let field): FieldAccessor(field, in: schema)
            }
    }

    /// The profiles of a recipe: one for each stack that a table shows, weighed by what the table is sorted by,
    /// and one for each kind of record whose stack no table shows.
    static func all(of tables: [TableDefinition], in schema: RecordSchema) -> [ProfileBuilder] {
        var seen: Set<Definition> = []
        var builders: [ProfileBuilder] = []
        for table in tables {
            guard let record = schema.names.firstIndex(of: table.of.value) else { continue }
            let paths = table.columns.compactMap { column -> String? in
                guard case .field(let path) = column.value, isStack(path) else { return nil }
                return path
            }
            for path in paths {
                let definition = Definition(record: record, path: path, weight: weight(of: table))
                guard seen.insert(definition).inserted else { continue }
                let title = paths.count > 1 ? "\(table.title): \(path)" : table.title
                builders.append(ProfileBuilder(definition, title: title, in: schema))
            }
        }
        for record in schema.names.indices where schema.hasStack[record] {
            let name = schema.names[record]
            let isShown = seen.contains {
                ($0.record == record && $0.path == "stack") || $0.path == "\(name).stack"
            }
            if !isShown {
                let definition = Definition(record: record, path: "stack", weight: .count)
                builders.append(ProfileBuilder(definition, title: name, in: schema))
            }
        }
        return builders
    }

    private static func isStack(_ path: String) -> Bool { path == "stack" || path.hasSuffix(".stack") }

    private static func weight(of table: TableDefinition) -> Profile.Weight {
        for key in table.sort where key.isDescending {
            switch key.column {
            case .count: return .count
            case .aggregate(.sum, let field): return .sum(field)
            default: continue
            }
        }
        return .count
    }

    /// Adds a record, if it is one of this profile's.
    mutating func add(_ record: Record, parents: [Record]) {
        guard record.definition == definition.record else { return }
        let weight = summand.map { $0.value(of: record, parents: parents).number ?? 0 } ?? 1
        // What is given back (a negative size) has no width.
        guard weight > 0 else { return }
        guard case .stack(let id) = stack.value(of: record, parents: parents) else {
            weightWithoutStack += weight
            return
        }
        while weights.count <= id { weights.append(0) }
        weights[id] += weight
    }

    /// The profile so far; nil where no record had a stack.
    func profile(_ stacks: StackStore) -> Profile? {
        let samples = weights.indices.filter { weights[$0] > 0 }.map { id in
            Profile.Sample(
                frames: stacks.frames(of: id), isComplete: stacks.isComplete(id), weight: weights[id])
        }
        guard !samples.isEmpty else { return nil }
        return Profile(
            title: title, record: record, weight: definition.weight, samples: samples,
            weightWithoutStack: weightWithoutStack)
    }
}
