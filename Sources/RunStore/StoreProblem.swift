public import RunBundles

/// Why the store cannot do what was asked of it.
public enum StoreProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// There is no store there.
    case missing(String)
    /// Its folder or file cannot be made or used, and why.
    case unusable(String, reason: String)
    /// The file is damaged or no database.
    case damaged(String)
    /// A newer taprecipe made it.
    case newer(String)
    /// The disk is full.
    case diskFull(String)
    /// Others have kept it busy for too long.
    case busy(String)
    /// No run has this number.
    case noRun(Int64)
    /// The run alone is larger than the store may be.
    case runTooLarge(bytes: Int, limit: Int)
    /// What was to be kept is no bundle.
    case bundle(RunBundleProblem)

    /// The words for a person.
    public var description: String {
        switch self {
        case .missing(let path): "there is no run store '\(path)'; 'taprecipe run' makes it"
        case .unusable(let path, let reason): "cannot use the run store '\(path)': \(reason)"
        case .damaged(let path):
            "the run store '\(path)' is damaged or no store; move it away, and the next run makes a new one"
        case .newer(let path): "a newer taprecipe made the run store '\(path)', this one leaves it alone"
        case .diskFull(let path): "the disk is full, nothing was changed in the run store '\(path)'"
        case .busy(let path): "others keep the run store '\(path)' busy"
        case .noRun(let id): "the run store has no run \(id); 'taprecipe history' lists those that it has"
        case .runTooLarge(let bytes, let limit):
            "the run takes \(bytes) bytes, but the store may have \(limit); --store-max-size allows more"
        case .bundle(let problem): "the run cannot be kept: \(problem)"
        }
    }
}
