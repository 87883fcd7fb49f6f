import Diagnostics
import RecipeModel

extension StapMessage {
    private static let outlines = ["WARNING: ", "ERROR: ", "Pass ", "semantic error: ", "parse error: "]
        .map { Array($0.utf8) }

    /// Whether a line has the outline of a message; cheap, for every line of a saved output, in which the
    /// script's lines and stap's own are mixed.
    public static func isMessage(_ line: ArraySlice<UInt8>) -> Bool {
        switch line.first {
        case UInt8(ascii: "W"), UInt8(ascii: "E"), UInt8(ascii: "s"), UInt8(ascii: "p"):
            outlines.contains { line.starts(with: $0) }
        case UInt8(ascii: "P"):
            line.starts(with: outlines[2])
                && line.dropFirst(outlines[2].count).first.map { (0x30...0x39).contains($0) } ?? false
        default: false
        }
    }

    /// Reads one line by itself: without what the lines around it say of it, which ``StapMessageParser`` adds.
    public init(line: String) {
        let line = Self.withoutOrigin(line)
        let (severity, body) = Self.severity(of: line)
        if line.hasPrefix("Pass "), line.contains(" failed."),
            let number = line.after("Pass ")?.leadingNumber
        {
            self.init(.error, .passFailed(Int(clamping: number)), text: line)
        } else {
            self.init(severity, Kind(of: body, in: line), text: body)
        }
    }

    /// `staprun:insert_module:190: ERROR: …` without where in staprun it was said.
    static func withoutOrigin(_ text: String) -> String {
        for program in ["staprun:", "stapio:"] where text.hasPrefix(program) {
            for mark in [": ERROR: ", ": WARNING: ", " ERROR: ", " WARNING: "] {
                if let found = text.range(of: mark) {
                    return String(text[found.lowerBound...].drop { $0 == ":" || $0 == " " })
                }
            }
        }
        return text
    }

    /// The severity that a line's mark says, and the line without it.
    static func severity(of text: String) -> (Severity, String) {
        for (prefix, severity) in [
            ("ERROR: ", Severity.error), ("WARNING: ", .warning), ("ERROR ", .error),
            ("semantic error: ", .error), ("parse error: ", .error), ("usage error: ", .error),
        ] where text.hasPrefix(prefix) {
            return (severity, String(text.dropFirst(prefix.count)))
        }
        // staprun's strerror-style lines and stap's checks bear no mark.
        let isError = text.contains(" failed with error: ") || text.contains("Couldn't ")
        return (isError ? .error : .note, text)
    }

    /// Whether a probe handler met it as an error.
    public var isHandlerError: Bool {
        guard severity == .error else { return false }
        switch kind {
        case .readFault, .writeFault, .registerFault, .divisionByZero, .aggregationOverflow, .emptyAggregate,
            .scriptError, .nestingExceeded, .limitHit(.macro(.MAXACTION)),
            .limitHit(.macro(.MAXMAPENTRIES)):
            return true
        default: return false
        }
    }

    /// Whether it says why nothing was traced at all.
    public var preventsTracing: Bool {
        switch kind {
        case .parseError, .unknownVariable, .unknownMember, .unresolvedProbe, .semanticError, .passFailed,
            .missingBuildTree, .compilerError, .taskWorkMismatch, .needsGuru, .moduleRefused, .noPermission,
            .kernelMismatch, .controlChannelUnavailable:
            severity == .error
        default: false
        }
    }
}
