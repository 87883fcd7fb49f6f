/// A message of stap's or its runtime's own, as it stands among the lines of a saved output or on standard
/// error (systemtap 4.8's `runtime/` and `translate.cxx`).
enum StapMessage: Equatable {
    /// `WARNING: Number of errors: E, skipped probes: S`, printed once, at the end.
    case totals(errors: Int, skipped: Int)
    /// An error that names a limit.
    case limitReached(String)
    /// A handler read memory that is not there.
    case fault
    /// Another error in a handler.
    case runtimeError
    /// Why probes were skipped, with how many; printed with `-t`, and part of the totals.
    case skipped(Int)
    /// `WARNING: There were N transport failures.`
    case transportFailures(Int)
    /// `WARNING: Missing unwind data for a module, rerun with 'stap -d PATH'`
    case missingUnwindData(module: String)
    /// `Pass N: … failed.`, or what came before it: nothing was traced.
    case notStarted
    /// Anything else.
    case other

    private static let words = ["WARNING: ", "ERROR: ", "Pass ", "semantic error: ", "parse error: "]
        .map { Array($0.utf8) }

    /// Whether a line has the outline of a message; cheap, for every line of a saved output.
    static func isMessage(_ line: ArraySlice<UInt8>) -> Bool {
        switch line.first {
        case UInt8(ascii: "W"), UInt8(ascii: "E"), UInt8(ascii: "s"), UInt8(ascii: "p"):
            words.contains { line.has($0, at: line.startIndex) }
        case UInt8(ascii: "P"):
            line.has(words[2], at: line.startIndex)
                && line.dropFirst(words[2].count).first?.decimalDigit != nil
        default: false
        }
    }

    /// Reads a message.
    init(_ line: String) {
        let words = line.split(separator: " ")
        switch words.first {
        case "WARNING:": self = Self.warning(line)
        case "ERROR:": self = Self.error(line)
        case "Pass": self = line.contains(" failed.") ? .notStarted : .other
        case "semantic", "parse": self = .notStarted
        default: self = .other
        }
    }

    private static func warning(_ line: String) -> StapMessage {
        if let errors = number(after: "Number of errors: ", in: line),
            let skipped = number(after: "skipped probes: ", in: line)
        {
            return .totals(errors: errors, skipped: skipped)
        }
        if let failures = number(after: "There were ", in: line), line.contains("transport failures") {
            return .transportFailures(failures)
        }
        if line.contains("Missing unwind data") {
            guard let option = line.firstRange(of: "'stap -d ") else {
                return .missingUnwindData(module: "?")
            }
            let rest = line[option.upperBound...]
            return .missingUnwindData(module: String(rest[..<(rest.lastIndex(of: "'") ?? rest.endIndex)]))
        }
        if line.hasPrefix("WARNING: Skipped due to "), let colon = line.lastIndex(of: ":") {
            return .skipped(number(at: line[line.index(after: colon)...].drop { $0 == " " }) ?? 0)
        }
        return .other
    }

    private static func error(_ line: String) -> StapMessage {
        for limit in ["MAXACTION", "MAXNESTING", "MAXSKIPPED", "MAXMAPENTRIES", "MAXERRORS", "MAXSTRINGLEN"]
        where line.contains(limit) {
            return .limitReached(limit)
        }
        if line.contains("Array overflow") || line.contains("map overflow") {
            return .limitReached("MAXMAPENTRIES")
        }
        if line.contains("probe overhead") { return .limitReached("STP_OVERLOAD") }
        if line.contains(" fault ") || line.contains("read fault") { return .fault }
        for failure in ["Couldn't insert module", "Unable to", "Can't ", "could not"]
        where line.contains(failure) { return .notStarted }
        return .runtimeError
    }

    private static func number(after text: String, in line: String) -> Int? {
        guard let range = line.firstRange(of: text) else { return nil }
        return number(at: line[range.upperBound...])
    }

    /// The decimal number at the start; a number too great for us counts as the greatest.
    private static func number(at text: Substring) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        return digits.isEmpty ? nil : Int(digits) ?? Int.max
    }
}
