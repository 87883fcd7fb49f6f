public import Diagnostics
import Glibc

/// Why a helper process gave no answer.
public enum HelperFailure: Error, Sendable, Equatable {
    /// It could not be started; the error number.
    case notStarted(Int32)
    /// It could not give up its privileges, and so did not begin; the error number.
    case notConfined(Int32)
    /// A signal ended it: what it read led it astray, or it used more than it may.
    case crashed(signal: Int32)
    /// It took longer than it may.
    case outOfTime(Duration)
    /// It ended, or answered, as no helper does.
    case garbled

    /// The failure as a user reads it.
    ///
    /// - Parameter work: What the helper was to do, such as `reading the debug information of '/bin/x'`.
    /// - Returns: An error.
    public func diagnostic(_ work: String) -> Diagnostic {
        let trust =
            "a damaged or hostile file can do this; it did no harm, as the helper process had no rights"
        return switch self {
        case .notStarted(let code):
            .error("cannot start the helper process for \(work): \(Self.words(code))")
        case .notConfined(let code):
            .error(
                "the helper process for \(work) cannot give up its rights: \(Self.words(code))",
                notes: ["it is not trusted with them; a system call filter (seccomp) must be allowed here"])
        case .crashed(let signal):
            .error("\(work) crashed: \(Self.name(ofSignal: signal))", notes: [trust])
        case .outOfTime(let limit):
            .error("\(work) took longer than \(limit.components.seconds) s", notes: [trust])
        case .garbled:
            .error("\(work) ended without an answer", notes: [trust])
        }
    }

    private static func name(ofSignal signal: Int32) -> String {
        strsignal(signal).map { String(cString: $0) } ?? "signal \(signal)"
    }

    private static func words(_ code: Int32) -> String {
        strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }
}
