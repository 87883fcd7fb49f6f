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

    /// How long a process waits for others.
    private static let patience = 10.0
    /// What a run takes besides its bundle.
    private static let rowSize = 1024

    private let path: String
    private let queue: DatabaseQueue

    /// Opens the store, or makes it.
    public init(writing path: String) throws(StoreProblem) {
        try StoreFile(path: path).make()
        self.path = path
        var configuration = Self.configuration
        configuration.journalMode = .wal
        configuration.prepareDatabase { database in
            // Only a database without tables takes it, before it is written ahead.
            try database.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
        }
        let journaled = configuration
        let lock = try StoreLock(of: path)
        defer { withExtendedLifetime(lock) {} }
        queue = try Self.translating(path) {
            let queue = try DatabaseQueue(path: path, configuration: journaled)
            try Self.refuseNewer(queue, path)
            try Schema.migrator.migrate(queue)
            return queue
        }
    }

    /// Opens a store that there is already.
    ///
    /// It may lie where this process cannot write.
    public init(reading path: String) throws(StoreProblem) {
        try StoreFile(path: path).find()
        self.path = path
        var configuration = Self.configuration
        configuration.readonly = true
        let readOnly = configuration
        queue = try Self.translating(path) {
            do {
                return try Self.opened(path, readOnly)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_CANTOPEN {
                // Without a place for the index of the log there can be no other process at work.
                return try Self.opened("file:\(Self.escaped(path))?immutable=1", readOnly)
            }
        }
    }

    private static func opened(_ path: String, _ configuration: Configuration) throws -> DatabaseQueue {
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try refuseNewer(queue, path)
        try queue.read { database in
            guard try Schema.migrator.hasCompletedMigrations(database) else {
                throw StoreProblem.damaged(path)
            }
        }
        return queue
    }

    /// Keeps a run, and lets go of those that are too old or for which there is no room any more.
    ///
    /// - Returns: its number.
    public func add(_ bundle: RunBundle, within limits: Limits, now: Int64) throws(StoreProblem) -> Int64 {
        let size = bundle.bytes.count + Self.rowSize
        guard size <= limits.size else { throw .runTooLarge(bytes: size, limit: limits.size) }
        return try Self.translating(path) {
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
        try Self.translating(path) {
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
        try Self.translating(path) {
            let data = try queue.read { database in
                try Data.fetchOne(database, sql: "SELECT bundle FROM run WHERE id = ?", arguments: [id])
            }
            guard let data else { throw StoreProblem.noRun(id) }
            return Array(data)
        }
    }

    /// Whether the file is whole, as SQLite sees it.
    public func isWhole() throws(StoreProblem) -> Bool {
        try Self.translating(path) {
            try queue.read { try String.fetchOne($0, sql: "PRAGMA integrity_check") == "ok" }
        }
    }
}

extension RunStore {
    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(patience)
        // The file may be anybody's.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA trusted_schema = OFF") }
        return configuration
    }

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

    private static func refuseNewer(_ queue: DatabaseQueue, _ path: String) throws {
        let isNewer = try queue.read { try Schema.migrator.hasBeenSuperseded($0) }
        if isNewer { throw StoreProblem.newer(path) }
    }

    private static func escaped(_ path: String) -> String {
        path.replacing("%", with: "%25").replacing("?", with: "%3f").replacing("#", with: "%23")
    }

    /// SQLite's failures in the store's own terms.
    private static func translating<Value>(_ path: String, _ body: () throws -> Value) throws(StoreProblem)
        -> Value
    {
        do {
            return try body()
        } catch let problem as StoreProblem {
            throw problem
        } catch let error as DatabaseError {
            switch error.resultCode {
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: throw .damaged(path)
            case .SQLITE_FULL: throw .diskFull(path)
            case .SQLITE_BUSY, .SQLITE_LOCKED: throw .busy(path)
            default: throw .unusable(path, reason: error.message ?? "\(error.resultCode)")
            }
        } catch {
            throw .unusable(path, reason: "\(error)")
        }
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
