public import RecipeModel

/// A limit that a run can hit.
public enum LimitName: Sendable, Hashable {
    /// One of stap's macros (`-DNAME=VALUE`).
    case macro(Limits.Macro)
    /// The transport buffer (`-s`), in MiB.
    case buffer

    /// `MAXACTION`, `buffer-MiB`: as summaries name it.
    public var name: String {
        switch self {
        case .macro(let macro): macro.rawValue
        case .buffer: "buffer-MiB"
        }
    }
}
