public import Diagnostics
import Glibc

/// Reads the files of recipes and runbooks: those on the disk, and those in bundles.
public struct RecipeFiles: Sendable {
    /// Opens a bundle, which it has verified, or says why not.
    public typealias Opener =
        @Sendable (_ bundle: String) throws(DiagnosticsError) -> BundledFiles

    private let opener: Opener

    /// Creates a reader of files alone, for which there are no bundles.
    public init() {
        opener = { path throws(DiagnosticsError) in
            throw DiagnosticsError(RecipeProblem.cannotRead(path, errno: ENOENT).diagnostic(at: nil))
        }
    }

    /// Creates a reader.
    public init(opening opener: @escaping Opener) { self.opener = opener }

    /// What a bundle holds.
    public func open(_ bundle: String) throws(DiagnosticsError) -> BundledFiles { try opener(bundle) }

    /// A file's text, undecoded.
    public func source(
        _ path: String, as kind: DocumentKind = .recipe
    ) throws(DiagnosticsError) -> SourceFile {
        guard let path = BundlePath(path) else { return try RecipeFile.read(path, as: kind) }
        return SourceFile(name: "\(path)", bytes: try file(path, as: kind).bytes)
    }

    /// The recipe in the first of some files; the others are those that it extends, the nearest first.
    public func recipe(in paths: [String]) throws(DiagnosticsError) -> Recipe {
        try RecipeLoader.load(
            try source(paths[0]), fileName: RecipeFile.baseName(paths[0]),
            bases: .files(Array(paths.dropFirst()), read: self))
    }

    /// The runbook in a file, as far as its variables' values do not matter.
    ///
    /// - Throws: Every mistake, in the order of their places, where there is one that does not depend on those values.
    public func runbook(_ path: String) throws(DiagnosticsError) -> RunbookDraft {
        try RunbookLoader.load(try source(path, as: .runbook), fileName: RecipeFile.baseName(path))
    }

    /// Whether a word means a runbook: the path, no bare name, of a mapping with the key `steps`; what cannot be read is
    /// none.
    public func isRunbook(_ word: String) -> Bool {
        RecipeBases.isPath(word)
            && (try? source(word, as: .runbook)).map(RunbookLoader.isRunbook) ?? false
    }

    /// A file in a bundle.
    func file(
        _ path: BundlePath, as kind: DocumentKind = .recipe
    ) throws(DiagnosticsError) -> BundledFiles.File {
        guard let file = try open(path.bundle).files[path.member] else {
            throw DiagnosticsError(
                RecipeProblem.cannotRead("\(path)", errno: ENOENT).diagnostic(at: nil, in: kind))
        }
        return file
    }
}
