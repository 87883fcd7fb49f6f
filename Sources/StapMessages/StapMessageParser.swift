import Diagnostics

/// Turns the lines that stap and staprun write to stderr into messages.
///
/// It keeps state, because a message's place may come on a later line (`saw: … at FILE:LINE:COL`), or be
/// shortened against the message before (`at :LINE:COL` is in the same file as the last).
public struct StapMessageParser: Sendable {
    /// What a line turned out to be.
    public enum Item: Sendable, Equatable {
        /// A message that is whole.
        case message(StapMessage)
        /// A pass of stap ended: its number and what it did.
        case pass(Int, String)
        /// The module answered that its probes are placed (0) or could not be (an error number below 0).
        case started(Int)
    }

    /// The last component of the script's path, by which places in it are known: the path itself is that of a
    /// temporary directory, and is compiled into modules that outlive it.
    public static let scriptName = "taprecipe-script.stp"

    private var lastFile = ""
    private var waiting: StapMessage?
    private var resolving: StapMessage.Place?
    private var hasFailed = false
    private var isInCompilerOutput = false

    /// Creates a parser for one stream.
    public init() {}

    /// Takes one line; what it completes, in order.
    public mutating func take(_ line: some Collection<UInt8>) -> [Item] {
        let text = String(decoding: line, as: UTF8.self)
        if let place = continuation(text) { return place }
        var items = flush()
        items += start(StapMessage.withoutOrigin(text))
        return items
    }

    /// Ends the stream: the message that still waits for its place.
    public mutating func finish() -> [Item] { flush() }

    private mutating func flush() -> [Item] {
        defer { waiting = nil }
        return waiting.map { [.message($0)] } ?? []
    }

    /// The lines that belong to the message before: `source:`, a caret, `saw:`, a blank line.
    private mutating func continuation(_ text: String) -> [Item]? {
        let body = text.drop { $0 == " " || $0 == "\t" }
        if body.isEmpty || body.allSatisfy({ $0 == "^" || $0 == " " || $0 == "\t" }) { return [] }
        guard text.first == " " || text.first == "\t" else { return nil }
        if isInCompilerOutput { return [] }
        if body.hasPrefix("source: ") { return [] }
        if body.hasPrefix("saw: ") {
            if var message = waiting {
                var seen = StapMessage(.error, .parseError, text: String(body))
                locate(&seen)
                message.text += " (" + seen.text.replacingFirst("saw: ", with: "saw ") + ")"
                message.place = seen.place
                message.foreignPlace = seen.foreignPlace
                waiting = message
            }
            return flush()
        }
        return nil
    }

    private mutating func start(_ text: String) -> [Item] {
        if let item = passLine(text) { return [item] }
        if let debug = debugLine(text) { return debug }
        if Self.isNoise(text) { return [] }
        if let compiler = compilerLine(text) { return compiler }
        let (severity, body) = StapMessage.severity(of: text)
        var message = StapMessage(severity, StapMessage.Kind(of: body, in: text), text: body)
        locate(&message)
        switch message.kind {
        case .parseError, .needsGuru:
            // The next line says what was seen, and where.
            if text.hasPrefix("parse error: "), message.place == nil, message.foreignPlace == nil {
                waiting = message
                return []
            }
        case .unresolvedProbe where message.place == nil: message.place = resolving
        case .semanticError where body.hasPrefix("while resolving probe point"):
            // The message that follows says what is wrong there.
            resolving = message.place
            return []
        case .semanticError where body.hasPrefix("unresolved type"):
            // Follows from an error before it.
            if hasFailed { return [] }
        case .semanticError where body == "resolution failed in DWARF builder":
            // What follows says of what.
            return []
        default: break
        }
        if severity == .error { hasFailed = true }
        return [.message(message)]
    }

    /// `Pass 1: parsed …`, `Pass 4: compilation failed.  [man error::pass4]`.
    private mutating func passLine(_ text: String) -> Item? {
        guard text.hasPrefix("Pass "), let colon = text.firstIndex(of: ":"),
            let number = Int(text[text.index(text.startIndex, offsetBy: 5)..<colon])
        else { return nil }
        isInCompilerOutput = number == 3
        let words = text[text.index(after: colon)...].drop { $0 == " " }
        if words.contains("failed.") {
            isInCompilerOutput = false
            return .message(StapMessage(.error, .passFailed(number), text: text))
        }
        // Files and the times and memory it took are for stap's makers.
        var step = String(words)
        for mark in [" using ", " into ", " in "] {
            if let found = step.range(of: mark) { step = String(step[..<found.lowerBound]) }
        }
        return .pass(number, step)
    }

    /// staprun's and stapio's own trace (`-v -v`): `stapio:stp_main_loop:675 systemtap_module_init() …`.
    private func debugLine(_ text: String) -> [Item]? {
        guard text.hasPrefix("stapio:") || text.hasPrefix("staprun:") else { return nil }
        let marker = "systemtap_module_init() returned "
        guard let found = text.range(of: marker) else { return [] }
        return Int(text[found.upperBound...].prefix { $0 == "-" || $0.isNumber }).map { [.started($0)] } ?? []
    }

    /// The first `error:` of the C compiler; all else that it and make say explains it only to stap's makers.
    private mutating func compilerLine(_ text: String) -> [Item]? {
        guard isInCompilerOutput else { return nil }
        if let found = text.range(of: ": error: ") {
            let words = String(text[found.upperBound...])
            let kind: StapMessage.Kind =
                words.contains("task_work_cancel") ? .taskWorkMismatch : .compilerError(words)
            return [.message(StapMessage(.error, kind, text: text))]
        }
        let known = ["WARNING: kbuild", "In file included", "make", "cc1:", "gcc:", "ld:"]
        if known.contains(where: text.hasPrefix) { return [] }
        return StapMessage.severity(of: text).0 == .note ? [] : nil
    }

    /// Takes the place off a message's text.
    private mutating func locate(_ message: inout StapMessage) {
        let text = message.text
        guard let at = text.range(of: " at ", .backwards) else { return }
        let parts = text[at.upperBound...].prefix { $0 != " " && $0 != ")" }
            .split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count >= 3, let line = Int(parts[parts.count - 2]),
            let column = Int(parts[parts.count - 1]), line > 0, column > 0
        else { return }
        let name = parts.dropLast(2).joined(separator: ":")
        let file = name.isEmpty ? lastFile : name
        lastFile = file
        let base = file.split(separator: "/").last.map(String.init) ?? ""
        if base == Self.scriptName {
            message.place = .init(line: line, column: column)
            message.text = String(text[..<at.lowerBound])
        } else if !file.isEmpty {
            message.foreignPlace = "\(file):\(line):\(column)"
        }
    }

    /// Lines that say nothing about the run.
    private static func isNoise(_ text: String) -> Bool {
        let prefixes = [
            "Tip: ", "Rerun with ", "Number of similar ", "Try 'stap", "Keeping temporary", "Signature file ",
            "Running as", "execing: ", "WARNING deduplication table full",
        ]
        if prefixes.contains(where: text.hasPrefix) { return true }
        return text.hasSuffix(" parse error.") || text.hasSuffix(" parse errors.")
    }
}
