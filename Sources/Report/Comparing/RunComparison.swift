/// What is different between two runs of a recipe: of each table the rows that are new, gone, grown or shrunk.
public struct RunComparison: Sendable, Equatable {
    /// What became of a row.
    public enum Change: String, Sendable, CaseIterable {
        case new, gone, grown, shrunk
    }

    /// A row that is not the same in both runs.
    public struct Row: Sendable, Equatable {
        /// What became of it.
        public var change: Change
        /// The cells that it is known by; stacks by their place in the comparison's.
        var key: [Table.Cell]
        /// Its measures in the first run.
        var before: [Table.Cell]?
        /// Its measures in the second run.
        var after: [Table.Cell]?
    }

    /// A table of both runs.
    public struct TableChanges: Sendable, Equatable {
        /// The heading.
        public var title: String
        /// The columns that rows are known by.
        var keys: [Table.Column]
        /// The columns of what was counted.
        var measures: [String]
        /// The rows that differ, those of each change together.
        public var rows: [Row]
        /// How many rows do not differ, or by less than the thresholds.
        public var unchangedCount: Int
        /// How many of them differ.
        public var negligibleCount: Int
        /// How many rows the first run's table left out, so that what is new may be among them.
        public var omittedBefore: Int
        /// How many rows the second run's table left out, so that what is gone may be among them.
        public var omittedAfter: Int
    }

    /// How often a record was found.
    struct RecordChange: Sendable, Equatable {
        var name: String
        var before: Int
        var after: Int

        /// Compares what the records stand for where both runs tell that.
        init(_ record: String, _ before: Summary, _ after: Summary) {
            let counts = [before, after].map { run in run.recordCounts.first { $0.name == record } }
            let fields = Set(counts.compactMap { $0 }.map { $0.total?.field })
            let numbers: [Int]
            if fields.count == 1, case .some(let field?) = fields.first {
                name = field
                numbers = counts.map { $0?.total?.sum ?? 0 }
            } else {
                name = record
                numbers = counts.map { $0?.count ?? 0 }
            }
            (self.before, self.after) = (numbers[0], numbers[1])
        }
    }

    /// The first run.
    public var before: Summary
    /// The second run.
    public var after: Summary
    /// The records, those that either run knows.
    var records: [RecordChange]
    /// The tables, in the first run's order.
    public var tables: [TableChanges]
    /// The stacks that rows name by their place.
    var stacks: [Stack]
    /// Whether places within functions were compared; without the same build ids functions are.
    public var isExact: Bool
    /// How much had to change.
    var thresholds: ChangeThresholds

    /// Whether nothing is different.
    public var isEmpty: Bool { tables.allSatisfy(\.rows.isEmpty) && changedRecords.isEmpty }

    /// The records that were found more or less often.
    var changedRecords: [RecordChange] {
        records.filter {
            thresholds.counts.isExceeded(
                from: .integer(Int128($0.before)), to: .integer(Int128($0.after)))
        }
    }

    /// How many rows of all tables have changed so.
    public func count(of change: Change) -> Int {
        tables.reduce(0) { $0 + $1.rows.count { $0.change == change } }
    }

    /// Compares a run with an earlier one.
    public init(_ before: Summary, _ after: Summary, _ thresholds: ChangeThresholds = ChangeThresholds()) {
        self.thresholds = thresholds
        self.before = before
        self.after = after
        let isExact = RowKey.isOneBuild([before.facts, after.facts])
        self.isExact = isExact
        let names = before.recordCounts + after.recordCounts.filter { before.count(of: $0.name) == nil }
        records = names.map { RecordChange($0.name, before, after) }
        var pool = StackPool()
        var tables: [TableChanges] = []
        for table in before.tables {
            let other = after.tables.first { $0.isSame(as: table) }
            tables.append(
                TableChanges(
                    KeyedRows(table, before, isExact),
                    other.map { KeyedRows($0, after, isExact) }
                        ?? KeyedRows(table.withoutRows, after, isExact), thresholds, &pool))
        }
        for table in after.tables where !before.tables.contains(where: { $0.isSame(as: table) }) {
            tables.append(
                TableChanges(
                    KeyedRows(table.withoutRows, before, isExact), KeyedRows(table, after, isExact),
                    thresholds, &pool))
        }
        self.tables = tables
        stacks = pool.stacks
    }
}

extension Table {
    /// Whether rows of both can be the same: a recipe may have got other columns between two runs, and a merged summary has
    /// tables of its own.
    func isSame(as other: Table) -> Bool {
        title == other.title
            && columns.filter { !$0.isMeasure }.map(\.name)
                == other.columns.filter { !$0.isMeasure }.map(\.name)
    }

    fileprivate var withoutRows: Table {
        var table = self
        table.rows = []
        table.omittedRows = 0
        return table
    }
}

extension RunComparison.TableChanges {
    init(
        _ before: KeyedRows, _ after: KeyedRows, _ thresholds: ChangeThresholds, _ pool: inout StackPool
    ) {
        title = before.table.title
        keys = before.table.columns.filter { !$0.isMeasure }
        // A recipe may have got other columns between the runs.
        measures = before.measures + after.measures.filter { !before.measures.contains($0) }
        let (before, after) = (before.measuring(measures), after.measuring(measures))
        omittedBefore = before.table.omittedRows
        omittedAfter = after.table.omittedRows
        rows = []
        unchangedCount = 0
        negligibleCount = 0
        let limits = measures.map(thresholds.threshold)
        for key in after.order {
            guard let new = after.rows[key] else { continue }
            let old = before.rows[key]?.measures
            guard let change = Self.change(from: old, to: new.measures, limits) else {
                unchangedCount += 1
                if old != new.measures { negligibleCount += 1 }
                continue
            }
            rows.append(
                .init(
                    change: change,
                    key: new.key.map { pool.cell($0, after.stacks) }, before: old, after: new.measures))
        }
        for key in before.order where after.rows[key] == nil {
            guard let old = before.rows[key] else { continue }
            rows.append(
                .init(
                    change: .gone, key: old.key.map { pool.cell($0, before.stacks) }, before: old.measures,
                    after: nil))
        }
        let order = RunComparison.Change.allCases
        rows = order.flatMap { change in rows.filter { $0.change == change } }
    }

    /// The first measure that differs by more than its threshold decides; nil where none does.
    private static func change(
        from old: [Table.Cell]?, to new: [Table.Cell], _ limits: [ChangeThreshold]
    ) -> RunComparison.Change? {
        guard let old else { return .new }
        let place = limits.indices.first { limits[$0].isExceeded(from: old[$0], to: new[$0]) }
        return place.map { Measure.isGreater(new[$0], than: old[$0]) ? .grown : .shrunk }
    }
}
