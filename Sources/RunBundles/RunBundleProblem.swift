public import Report

/// Why the bundle of a run cannot be read.
public enum RunBundleProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// It is damaged, or an archive that `taprecipe export` did not write.
    case noArchive
    /// A file is not in it.
    case missing(String)
    /// A file in it is damaged.
    case damaged(String)
    /// A file in it is larger than it can be.
    case tooLarge(String, bytes: Int)
    /// What is known of the run cannot be read.
    case document(DocumentProblem)

    /// The words for a person.
    public var description: String {
        switch self {
        case .noArchive: "found a damaged archive, expected what 'taprecipe export' writes"
        case .missing(let name): "found an archive without '\(name)', expected what 'taprecipe export' writes"
        case .damaged(let name): "'\(name)' in it is damaged"
        case .tooLarge(let name, let bytes): "'\(name)' in it has \(bytes) bytes, more than it can have"
        case .document(let problem): "'run.json' in it: \(problem)"
        }
    }
}
