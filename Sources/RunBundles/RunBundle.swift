import Archives
public import Report

/// A run in one file: what is known of it (`run.json`), the recipe (`recipe.yaml`), and what the script printed
/// (`output.txt`), in a ZIP archive.
///
/// It is what the run store keeps and `taprecipe export` writes. Version 1 is that of `run.json`.
public struct RunBundle: Sendable {
    /// The greatest size of a file that is read.
    public static let maximumSize = 256 << 20

    private enum Name {
        static let document = "run.json"
        static let recipe = "recipe.yaml"
        static let output = "output.txt"
    }

    /// What is known of the run.
    public var document: RunDocument
    /// The file's bytes.
    public let bytes: [UInt8]
    private let archive: ZipArchive

    /// Makes the bundle of a run; `document` is given how much of the output had no room.
    public init(recipe: [UInt8], output: RunOutput, document: (_ omittedOutput: Int) -> RunDocument) {
        let output = output.finish()
        self.document = document(output.omitted)
        archive = ZipArchive([
            .init(name: Name.document, content: Deflated(Array(self.document.json.utf8))),
            .init(name: Name.recipe, content: Deflated(recipe)),
            .init(name: Name.output, content: output.content),
        ])
        bytes = archive.bytes
    }

    /// Whether bytes look to be a bundle's.
    public static func isBundle(_ bytes: [UInt8]) -> Bool { ZipArchive.begins(bytes) }

    /// Reads a bundle.
    public init(reading bytes: [UInt8]) throws(BundleProblem) {
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

    /// The recipe's file.
    public func recipe() throws(BundleProblem) -> [UInt8] {
        try Self.content(Name.recipe, of: archive, atMost: 16 << 20)
    }

    /// What the script printed, as far as it was kept.
    public func output() throws(BundleProblem) -> [UInt8] {
        try Self.content(Name.output, of: archive, atMost: RunOutput.maximumSize)
    }

    private static func content(
        _ name: String, of archive: ZipArchive, atMost limit: Int
    ) throws(BundleProblem) -> [UInt8] {
        guard let content = archive.content(name) else { throw .missing(name) }
        guard content.count <= limit else { throw .tooLarge(name, bytes: content.count) }
        guard let bytes = content.inflated() else { throw .damaged(name) }
        return bytes
    }
}
