import GRDB

/// The store's SQLite file, opened: of this version, and with its failures in the store's own terms.
struct StoreDatabase {
    /// How long a process waits for others.
    private static let patience = 10.0

    private let path: String
    private let queue: DatabaseQueue

    /// Opens it, or makes it.
    init(writing path: String) throws(StoreProblem) {
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

    /// Opens one that there is already, perhaps where this process cannot write.
    init(reading path: String) throws(StoreProblem) {
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

    /// Does some work with it.
    func use<Value>(_ work: (DatabaseQueue) throws -> Value) throws(StoreProblem) -> Value {
        try Self.translating(path) { try work(queue) }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(patience)
        // The file may be anybody's.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA trusted_schema = OFF") }
        return configuration
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
