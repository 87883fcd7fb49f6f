/// A shell pattern as stap takes it for functions and files: `*`, `?`, `[a-z]`, `[!a]`, `\x`, and no special slash.
///
/// Its own matcher, because the C library's backtracks without a bound on hostile patterns.
public struct Glob: Sendable, Hashable {
    private enum Token: Sendable, Hashable {
        case byte(UInt8)
        case any
        case run
        case set([ClosedRange<UInt8>], isNegated: Bool)
    }

    /// The pattern as it was written.
    public let text: String
    /// Whether it holds a wildcard; without one it matches only itself.
    public let isPattern: Bool
    private let tokens: [Token]

    /// Parses a pattern; an unfinished `[` stands for itself.
    public init(_ text: String) {
        self.text = text
        self.isPattern = text.utf8.contains { $0 == 0x2A || $0 == 0x3F || $0 == 0x5B }
        self.tokens = isPattern ? Self.parse(Array(text.utf8)) : text.utf8.map { .byte($0) }
    }

    /// A name that only matches itself, whatever is in it.
    init(literal text: String) {
        self.text = text
        self.isPattern = false
        self.tokens = text.utf8.map { .byte($0) }
    }

    /// Whether the whole of `name` matches.
    public func matches(_ name: String) -> Bool {
        var name = name
        return name.withUTF8 { matches($0) }
    }

    /// Whether the whole of the NUL-terminated `name` matches.
    func matches(_ name: UnsafePointer<CChar>) -> Bool {
        var length = 0
        while name[length] != 0 { length += 1 }
        return name.withMemoryRebound(to: UInt8.self, capacity: length) {
            matches(UnsafeBufferPointer(start: $0, count: length))
        }
    }

    /// Remembers only the last `*`: earlier ones need never give back, so the time is the product of the lengths.
    func matches(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        var position = 0
        var token = 0
        var retry: (token: Int, position: Int)?
        while position < name.count {
            if token < tokens.count, case .run = tokens[token] {
                token += 1
                retry = (token, position)
            } else if token < tokens.count, Self.accepts(tokens[token], name[position]) {
                token += 1
                position += 1
            } else if let last = retry {
                retry = (last.token, last.position + 1)
                (token, position) = (last.token, last.position + 1)
            } else {
                return false
            }
        }
        while token < tokens.count, case .run = tokens[token] { token += 1 }
        return token == tokens.count
    }

    private static func accepts(_ token: Token, _ byte: UInt8) -> Bool {
        switch token {
        case .byte(let wanted): wanted == byte
        case .any: true
        case .run: false
        case .set(let ranges, let isNegated): ranges.contains { $0.contains(byte) } != isNegated
        }
    }

    private static func parse(_ bytes: [UInt8]) -> [Token] {
        var tokens: [Token] = []
        var position = 0
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "*"):
                if tokens.last != .run { tokens.append(.run) }
            case UInt8(ascii: "?"): tokens.append(.any)
            case UInt8(ascii: "\\") where position + 1 < bytes.count:
                position += 1
                tokens.append(.byte(bytes[position]))
            case UInt8(ascii: "["):
                if let (token, end) = parseSet(bytes, after: position + 1) {
                    tokens.append(token)
                    position = end
                } else {
                    tokens.append(.byte(bytes[position]))
                }
            default: tokens.append(.byte(bytes[position]))
            }
            position += 1
        }
        return tokens
    }

    /// Parses behind a `[`; gives the set and the offset of its `]`.
    private static func parseSet(_ bytes: [UInt8], after start: Int) -> (Token, Int)? {
        var position = start
        var isNegated = false
        if position < bytes.count,
            bytes[position] == UInt8(ascii: "!") || bytes[position] == UInt8(ascii: "^")
        {
            isNegated = true
            position += 1
        }
        let first = position
        var ranges: [ClosedRange<UInt8>] = []
        while position < bytes.count, bytes[position] != UInt8(ascii: "]") || position == first {
            let lower = bytes[position]
            if position + 2 < bytes.count, bytes[position + 1] == UInt8(ascii: "-"),
                bytes[position + 2] != UInt8(ascii: "]")
            {
                let upper = bytes[position + 2]
                if lower <= upper { ranges.append(lower...upper) }
                position += 3
            } else {
                ranges.append(lower...lower)
                position += 1
            }
        }
        return position < bytes.count ? (.set(ranges, isNegated: isNegated), position) : nil
    }
}
