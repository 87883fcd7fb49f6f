import DebugInfo
import Diagnostics
import Resolver

/// What came of a ``DebugQuestion``.
enum DebugAnswer: Codable {
    /// The script with its addresses, and whose debug information was wanted and is not here.
    case fits(ResolvedScript, missing: [MissingDebugInfo])
    /// Every problem; the sources that they are placed in come with the answer.
    case problems([Diagnostic], missing: [MissingDebugInfo])
    /// The text to be printed.
    case listed(String)
    /// The libraries, by path, with their builds.
    case libraries([ResolvedBinary])
}
