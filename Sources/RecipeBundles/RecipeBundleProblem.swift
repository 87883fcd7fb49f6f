public import Signing

/// Why a recipe bundle is not used.
public enum RecipeBundleProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// Its signature is not believed.
    case signature(SigningProblem)
    /// What was signed is no bundle.
    case noBundle
    /// It, or a file in it, is larger than it may be.
    case tooLarge
    /// It does not say what is in it, or says it in a way that is not known.
    case noManifest
    /// It holds others than the files that it names.
    case otherFiles
    /// A file's path is none that a bundle's file can have.
    case badPath(String)
    /// A file's content is another than the one that it names.
    case otherContent(String)
    /// It holds a file twice.
    case twice(String)
    /// A recipe in it extends another that is not in it.
    case noBase(String, of: String)

    /// The words for a person.
    public var description: String {
        switch self {
        case .signature(let problem): "\(problem)"
        case .noBundle: "found other content, expected what 'taprecipe bundle' writes"
        case .tooLarge: "it is larger than a bundle may be"
        case .noManifest: "'manifest.json' in it is not one that this version reads"
        case .otherFiles: "the files in it are not those that its manifest names"
        case .badPath(let path): "'\(path)' in it cannot be the path of a bundle's file"
        case .otherContent(let path): "'\(path)' in it is damaged"
        case .twice(let path): "'\(path)' is in it twice"
        case .noBase(let base, let path): "'\(path)' in it extends '\(base)', which is not in it"
        }
    }
}
