import FoundationEssentials
import GRDB
public import Report
public import RunBundles

/// The runs of this machine, in one SQLite file.
///
/// Many processes may use it at a time: it is written ahead (WAL), so that readers never wait and a process that is
/// killed leaves it whole, and a writer waits for another one.
public struct RunStore {
    /// How much is kept.
    public struct Limits: Sendable, Equatable {
        /// The age in seconds above which runs are removed.
        public var age: Int64
        /// The bytes that all runs together may take; the oldest go first.
        public var size: Int

        /// Creates limits.
        public init(age: Int64, size: Int) {
            self.age = age
            self.size = size
        }
    }

    /// Which runs are asked for.
    public struct Query: Sendable, Equatable {
        /// Of this recipe alone.
        public var recipe: String?
        /// That ended at this time or later, in seconds since 1970.
        public var since: Int64?
        /// So many at most.
        public var limit: Int

        /// Creates a query.
        public init(recipe: String? = nil, since: Int64? = nil, limit: Int) {
            self.recipe = recipe
            self.since = since
            self.limit = limit
        }
    }

    /// What a run takes besides its bundle.
    private static let rowSize = 1024

    private let file: StoreDatabase

    /// Opens the store, or makes it.
    public init(writing path: String) throws(StoreProblem) { file = try StoreDatabase(writing: path) }

    /// Opens a store that there is already.
    ///
    /// It may lie where this process cannot write.
    public init(reading path: String) throws(StoreProblem) { file = try StoreDatabase(reading: path) }

    /// Keeps a run, and lets go of those that are too old or for which there is no room any more.
    ///
    /// - Returns: its number.
    public func add(_ bundle: RunBundle, within limits: Limits, now: Int64) throws(StoreProblem) -> Int64 {
        let size = bundle.bytes.count + Self.rowSize
        guard size <= limits.size else { throw .runTooLarge(bytes: size, limit: limits.size) }
        return try file.use { queue in
            let id = try queue.write { database in
                try Self.prune(database, limits, now: now, room: size)
                return try Self.insert(bundle, size: size, database)
            }
            // What this gives back to the disk is not worth a failure.
            try? queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA incremental_vacuum") }
            return id
        }
    }

    /// The runs that are asked for, the latest first.
    public func history(_ query: Query) throws(StoreProblem) -> RunHistory {
        try file.use { queue in
            try queue.read { database in
                let condition = "WHERE (:recipe IS NULL OR recipe = :recipe) AND ended >= :since"
                let arguments: StatementArguments = ["recipe": query.recipe, "since": query.since ?? 0]
                let rows = try Row.fetchAll(
                    database,
                    sql: "SELECT \(Schema.columns) FROM run \(condition) ORDER BY id DESC LIMIT :limit",
                    arguments: arguments + ["limit": query.limit])
                let count = try Int.fetchOne(
                    database, sql: "SELECT count(*) FROM run \(condition)", arguments: arguments)
                return RunHistory(rows.map(RunHistory.Row.init), omitted: (count ?? 0) - rows.count)
            }
        }
    }

    /// The bundle of a run.
    public func bundle(_ id: Int64) throws(StoreProblem) -> [UInt8] {
        try file.use { queue in
            let data = try queue.read { database in
                try Data.fetchOne(database, sql: "SELECT bundle FROM run WHERE id = ?", arguments: [id])
            }
            guard let data else { throw StoreProblem.noRun(id) }
            return Array(data)
        }
    }

    /// Whether the file is whole, as SQLite sees it.
    public func isWhole() throws(StoreProblem) -> Bool {
        try file.use { queue in
            try queue.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") == "ok" }
        }
    }
}

extension RunStore {
    private static func insert(_ bundle: RunBundle, size: Int, _ database: Database) throws -> Int64 {
        let row = RunHistory.Row(bundle.document, id: 0, size: size)
        try database.execute(
            sql: """
                INSERT INTO run (ended, recipe, recipeDigest, host, engine, kernel, binary, buildID, grade, records, status,
                    headline, size, bundle) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                row.ended, row.recipe, row.recipeDigest, row.host, row.engine, row.kernel, row.binary,
                row.buildID, row.grade, row.records, row.status, row.headline, row.size, Data(bundle.bytes),
            ])
        return database.lastInsertedRowID
    }

    /// Removes what is too old, then the oldest until there is room for so many bytes.
    private static func prune(_ database: Database, _ limits: Limits, now: Int64, room: Int) throws {
        try database.execute(sql: "DELETE FROM run WHERE ended < ?", arguments: [now - limits.age])
        try database.execute(
            sql: """
                DELETE FROM run WHERE id IN (
                    SELECT id FROM (SELECT id, sum(size) OVER (ORDER BY id DESC) AS kept FROM run) WHERE kept > ?)
                """,
            arguments: [limits.size - room])
    }
}

extension RunHistory.Row {
    fileprivate init(_ row: Row) {
        self.init(
            id: row["id"], ended: row["ended"], recipe: row["recipe"], recipeDigest: row["recipeDigest"],
            host: row["host"], engine: row["engine"], kernel: row["kernel"], binary: row["binary"],
            buildID: row["buildID"], grade: row["grade"], records: row["records"], status: row["status"],
            headline: row["headline"], size: row["size"])
    }
}
