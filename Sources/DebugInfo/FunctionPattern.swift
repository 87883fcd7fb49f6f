/// What stands in `.function("…")`: a function's name or a pattern, perhaps in a scope, a file, at a line.
///
/// `name`, `name@file`, `name@file:line`, `Class::name`; see stapprobes(3stap), DWARF PROBES.
public struct FunctionPattern: Sendable, Hashable {
    /// Which lines of the file.
    public enum Lines: Sendable, Hashable {
        /// Exactly this one.
        case line(Int)
        /// From one to another, both included.
        case range(Int, Int)
        /// That many lines behind the function's first.
        case relative(Int)
        /// Every line.
        case all
    }

    /// The function's own name.
    public var name: Glob
    /// The names of the scopes around it, the outermost first; an empty first one means the global scope.
    public var scopes: [Glob]
    /// The source file, matched as a whole or behind a slash.
    public var file: Glob?
    /// The lines in that file.
    public var lines: Lines?

    /// Parses the string of a probe point; nil where the line is not understood.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        let at = bytes.firstIndex(of: UInt8(ascii: "@"))
        var qualified = Self.split(bytes[..<(at ?? bytes.count)])
        name = Glob(qualified.removeLast())
        scopes = qualified.map { Glob($0) }
        guard let at else { return }
        var place = bytes[(at + 1)...]
        let isMark: (UInt8) -> Bool = { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "+") }
        if let mark = place.firstIndex(where: isMark) {
            guard let parsed = Self.lines(place[mark...]) else { return nil }
            lines = parsed
            place = place[..<mark]
        }
        file = Glob(String(decoding: place, as: UTF8.self))
    }

    /// Creates a pattern from its parts.
    public init(name: String, scopes: [String] = [], file: String? = nil, lines: Lines? = nil) {
        self.name = Glob(name)
        self.scopes = scopes.map { Glob($0) }
        self.file = file.map { Glob($0) }
        self.lines = lines
    }

    /// Whether a source file is the one meant: the pattern matches all of it or what stands behind a slash.
    public func matchesFile(_ path: String) -> Bool {
        guard let file else { return true }
        return Self.matches(file, path)
    }

    static func matches(_ file: Glob, _ path: String) -> Bool {
        file.matches(path) || Glob("*/" + file.text).matches(path)
    }

    /// Splits at `::`.
    private static func split(_ bytes: ArraySlice<UInt8>) -> [String] {
        var parts: [String] = []
        var start = bytes.startIndex
        var position = start
        while position + 1 < bytes.endIndex {
            if bytes[position] == UInt8(ascii: ":"), bytes[position + 1] == UInt8(ascii: ":") {
                parts.append(String(decoding: bytes[start..<position], as: UTF8.self))
                position += 2
                start = position
            } else {
                position += 1
            }
        }
        return parts + [String(decoding: bytes[start..<bytes.endIndex], as: UTF8.self)]
    }

    private static func lines(_ bytes: ArraySlice<UInt8>) -> Lines? {
        let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
        if bytes.first == UInt8(ascii: "+") { return Int(text).map { .relative($0) } }
        if text == "*" { return .all }
        if text.hasPrefix("+") { return Int(text.dropFirst()).map { .relative($0) } }
        if let line = Int(text) { return line >= 0 ? .line(line) : nil }
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let first = Int(parts[0]), let last = Int(parts[1]), first >= 0, last >= first
        else { return nil }
        return .range(first, last)
    }
}
