/// What a store knows of its runs at a glance, the latest first.
///
/// In JSON its format is `taprecipe.history`, version 1, by the rule of ``JSONRenderer``.
public struct RunHistory: Sendable, Equatable {
    static let format = "taprecipe.history"

    /// A run.
    public struct Row: Sendable, Equatable, Decodable {
        /// Its number in the store.
        public var id: Int64
        /// When it ended, in seconds since 1970.
        public var ended: Int64
        /// The recipe's name.
        public var recipe: String
        /// The digest of the recipe's file.
        public var recipeDigest: String?
        /// The host's name.
        public var host: String?
        /// The engine and its version.
        public var engine: String?
        /// The kernel's release.
        public var kernel: String?
        /// The traced program's path.
        public var binary: String?
        /// Its build id.
        public var buildID: String?
        /// How far its summary can be trusted.
        public var grade: String
        /// How many records it found.
        public var records: Int
        /// The command's exit code.
        public var status: Int32
        /// The summary's first line.
        public var headline: String
        /// How many bytes the store keeps of it.
        public var size: Int

        /// The row of a run.
        public init(_ document: RunDocument, id: Int64, size: Int) {
            let summary = document.summary
            let facts = summary.facts
            self.init(
                id: id, ended: document.ended, recipe: facts.recipe, recipeDigest: facts.recipeDigest,
                host: facts.hosts.first, engine: facts.engine, kernel: facts.kernel,
                binary: facts.target.binary,
                buildID: facts.target.buildID, grade: summary.verdict.grade.rawValue,
                records: summary.recordCount, status: document.status,
                headline: TextRenderer.headline(of: summary), size: size)
        }

        /// A row of these values.
        public init(
            id: Int64, ended: Int64, recipe: String, recipeDigest: String?, host: String?, engine: String?,
            kernel: String?, binary: String?, buildID: String?, grade: String, records: Int, status: Int32,
            headline: String, size: Int
        ) {
            self.id = id
            self.ended = ended
            self.recipe = recipe
            self.recipeDigest = recipeDigest
            self.host = host
            self.engine = engine
            self.kernel = kernel
            self.binary = binary
            self.buildID = buildID
            self.grade = grade
            self.records = records
            self.status = status
            self.headline = headline
            self.size = size
        }
    }

    /// The runs.
    public var rows: [Row]
    /// How many more there are that were asked for.
    public var omitted: Int

    /// Creates a history.
    public init(_ rows: [Row], omitted: Int) {
        self.rows = rows
        self.omitted = omitted
    }

    private struct Item: Decodable {
        var runs: [Row]
        var omitted: DocumentCount
    }

    /// Reads the JSON text.
    public init(json bytes: [UInt8]) throws(DocumentProblem) {
        let item = try DocumentReader.decode(Item.self, format: Self.format, from: bytes)
        self.init(item.runs, omitted: item.omitted.value)
    }

    /// The JSON text.
    public var json: String {
        JSONValue.object([
            "format": .string(Self.format), "version": .integer(1), "omitted": .count(omitted),
            "runs": .array(rows.map(Self.value)),
        ]).text
    }

    private static func value(_ row: Row) -> JSONValue {
        .object([
            "id": .integer(Int128(row.id)), "ended": .integer(Int128(row.ended)),
            "recipe": .string(row.recipe), "recipeDigest": .optional(row.recipeDigest),
            "host": .optional(row.host), "engine": .optional(row.engine), "kernel": .optional(row.kernel),
            "binary": .optional(row.binary), "buildID": .optional(row.buildID), "grade": .string(row.grade),
            "records": .count(row.records), "status": .integer(Int128(row.status)),
            "headline": .string(row.headline), "size": .count(row.size),
        ])
    }
}
