import GRDB

/// The store's tables, version by version: a version that was released never changes, a new one is added.
enum Schema {
    /// Brings a database to the newest version.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.execute(
                sql: """
                    CREATE TABLE run (
                        id INTEGER PRIMARY KEY AUTOINCREMENT,
                        ended INTEGER NOT NULL,
                        recipe TEXT NOT NULL,
                        recipeDigest TEXT,
                        host TEXT,
                        engine TEXT,
                        kernel TEXT,
                        binary TEXT,
                        buildID TEXT,
                        grade TEXT NOT NULL,
                        records INTEGER NOT NULL,
                        status INTEGER NOT NULL,
                        headline TEXT NOT NULL,
                        size INTEGER NOT NULL,
                        bundle BLOB NOT NULL
                    ) STRICT;
                    CREATE INDEX runByEnd ON run (ended, size);
                    CREATE INDEX runByRecipe ON run (recipe, ended);
                    """)
        }
        return migrator
    }

    /// What the history tells of a run.
    static let columns =
        "id, ended, recipe, recipeDigest, host, engine, kernel, binary, buildID, grade, records, status, headline, size"
}
