import Archives
public import Report

/// A run in one file: what is known of it (`run.json`), the recipe (`recipe.yaml`), those that it extends (`base-1.yaml`,
/// the nearest, and so on), and what the script printed (`output.txt`), in a ZIP archive.
///
/// It is what the run store keeps and `taprecipe export` writes. Version 1 is that of `run.json`.
public struct RunBundle: Sendable {
    /// The greatest size of a file that is read.
    public static let maximumSize = 256 << 20

    private enum Name {
        static let document = "run.json"
        static let recipe = "recipe.yaml"
        static let output = "output.txt"

        static func base(_ place: Int) -> String { "base-\(place + 1).yaml" }
    }

    /// The most bytes of the recipes that are read.
    private static let mostOfRecipes = 16 << 20

    /// What is known of the run.
    public var document: RunDocument
    /// The file's bytes.
    public let bytes: [UInt8]
    private let archive: ZipArchive

    /// Makes the bundle of a run.
    ///
    /// - Parameters:
    ///   - recipe: The recipe's file.
    ///   - bases: The files of the recipes that it extends, the nearest first.
    ///   - output: What the script printed.
    ///   - document: Tells the rest; it is given how much of the output had no room.
    public init(
        recipe: [UInt8], bases: [[UInt8]] = [], output: RunOutput,
        document: (_ omittedOutput: Int) -> RunDocument
    ) {
        let output = output.finish()
        self.document = document(output.omitted)
        let recipes = [(Name.recipe, recipe)] + bases.enumerated().map { (Name.base($0), $1) }
        archive = ZipArchive(
            [.init(name: Name.document, content: Deflated(Array(self.document.json.utf8)))]
                + recipes.map { .init(name: $0, content: Deflated($1)) }
                + [.init(name: Name.output, content: output.content)])
        bytes = archive.bytes
    }

    /// Whether bytes look to be a bundle's.
    public static func isBundle(_ bytes: [UInt8]) -> Bool { ZipArchive.begins(bytes) }

    /// Reads a bundle.
    public init(reading bytes: [UInt8]) throws(RunBundleProblem) {
        guard let archive = ZipArchive(reading: bytes) else { throw .noArchive }
        self.archive = archive
        self.bytes = bytes
        let json = try Self.content(Name.document, of: archive, atMost: DocumentReader.maximumSize)
        do throws(DocumentProblem) {
            document = try RunDocument(json: json)
        } catch {
            throw .document(error)
        }
    }

    /// The recipe's file, and behind it those of the recipes that it extends, the nearest first.
    ///
    /// One behind the other they are what the recipe's digest is made of.
    public func recipes() throws(RunBundleProblem) -> [[UInt8]] {
        var files = [try Self.content(Name.recipe, of: archive, atMost: Self.mostOfRecipes)]
        while archive.content(Name.base(files.count - 1)) != nil {
            let left = Self.mostOfRecipes - files.reduce(0) { $0 + $1.count }
            files.append(try Self.content(Name.base(files.count - 1), of: archive, atMost: left))
        }
        return files
    }

    /// What the script printed, as far as it was kept.
    public func output() throws(RunBundleProblem) -> [UInt8] {
        try Self.content(Name.output, of: archive, atMost: RunOutput.maximumSize)
    }

    private static func content(
        _ name: String, of archive: ZipArchive, atMost limit: Int
    ) throws(RunBundleProblem) -> [UInt8] {
        guard let content = archive.content(name) else { throw .missing(name) }
        guard content.count <= limit else { throw .tooLarge(name, bytes: content.count) }
        guard let bytes = content.inflated() else { throw .damaged(name) }
        return bytes
    }
}
