/// The recipes and runbooks of a bundle, in memory: whoever makes one has verified it.
public struct BundledFiles: Sendable, Equatable {
    /// A file in it.
    public struct File: Sendable, Equatable {
        /// Its content.
        public var bytes: [UInt8]
        /// Of a recipe, the files of those that it extends, the nearest first.
        public var bases: [String]

        /// Creates a file.
        public init(_ bytes: [UInt8], bases: [String] = []) {
            self.bytes = bytes
            self.bases = bases
        }
    }

    /// The folder of the recipes that others extend.
    public static let baseFolder = "bases"
    /// The folder of the runbooks.
    public static let runbookFolder = "runbooks"

    /// The files by their paths in it.
    public var files: [String: File]
    /// When it was made, in seconds since 1970.
    public var created: Int64

    /// Creates it.
    public init(files: [String: File], created: Int64) {
        self.files = files
        self.created = created
    }

    /// The paths of the recipes that can be run by their names, sorted.
    public var recipes: [String] { files.keys.filter { !$0.contains("/") && $0.hasSuffix(".yaml") }.sorted() }

    /// The paths of the runbooks, sorted.
    public var runbooks: [String] {
        files.keys.filter {
            let parts = $0.split(separator: "/")
            return parts.count == 2 && parts[0] == Self.runbookFolder && $0.hasSuffix(".yaml")
        }.sorted()
    }
}
