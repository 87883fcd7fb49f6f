/// What stands in `.function("…")`: a function's name or a pattern, perhaps in a scope, a file, at a line.
///
/// `name`, `name@file`, `name@file:line`, `name@file+line`, `Class::name`; see stapprobes(3stap), DWARF PROBES.
public struct FunctionPattern: Sendable, Hashable {
    /// Which lines of the file.
    public enum Lines: Sendable, Hashable {
        /// Exactly this one.
        case line(Int)
        /// Those of any of these ranges, in ascending order: `7,12-20`.
        case list([ClosedRange<Int>])
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

    /// Parses the string of a probe point; nil where it is malformed.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        let at = bytes.firstIndex(of: UInt8(ascii: "@"))
        var qualified = Self.split(bytes[..<(at ?? bytes.count)])
        name = Glob(qualified.removeLast())
        scopes = qualified.map { Glob($0) }
        guard !name.text.isEmpty else { return nil }
        guard let at else { return }
        var place = bytes[(at + 1)...]
        let isMark: (UInt8) -> Bool = { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "+") }
        if let mark = place.firstIndex(where: isMark) {
            guard let parsed = Self.lines(place[mark...]) else { return nil }
            lines = parsed
            place = place[..<mark]
        }
        guard !place.isEmpty else { return nil }
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

    /// Parses what begins with `:` or `+`.
    private static func lines(_ bytes: ArraySlice<UInt8>) -> Lines? {
        let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
        if bytes.first == UInt8(ascii: "+") { return number(text).map { .relative($0) } }
        if text == "*" { return .all }
        guard text.utf8.contains(where: { ",-".utf8.contains($0) }) else {
            return number(text).map { .line($0) }
        }
        var ranges: [ClosedRange<Int>] = []
        for part in text.split(separator: ",") {
            // stap takes the first and the last number of `3-5-9`, and `3-` for 3.
            let ends = part.split(separator: "-")
            guard let first = ends.first.flatMap({ number(String($0)) }),
                let last = ends.last.flatMap({ number(String($0)) })
            else { return nil }
            if first <= last { ranges.append(first...last) }
        }
        return .list(ranges.sorted { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) })
    }

    /// A line number; `+5` and ` 5` are 5, as stap reads them.
    private static func number(_ text: String) -> Int? {
        Int32(text.drop { $0 == " " || $0 == "\t" }).flatMap { $0 >= 0 ? Int($0) : nil }
    }
}
