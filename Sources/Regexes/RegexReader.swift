/// What is wrong with a regular expression, and at which byte of it.
public struct RegexSyntaxError: Error, Equatable {
    /// The kinds of mistakes.
    public enum Kind: Equatable, Sendable {
        /// `*`, `+`, `?` or `{` with nothing before it, or behind `^` or `$`.
        case nothingToRepeat(Character)
        /// `(?` with anything but `:` behind it.
        case unknownGroup
        /// `(` without `)`.
        case unclosedGroup
        /// `)` without `(`.
        case strayParenthesis
        /// `[` without `]`.
        case unclosedClass
        /// `[:name:]` of no known name.
        case unknownClass(String)
        /// `z-a`.
        case invertedRange(String)
        /// No number in `{…}`.
        case numberExpected
        /// A number in `{…}` that is too large.
        case numberTooLarge
        /// `{2,1}`.
        case invertedRepeat(Int, Int)
        /// `{` without `}`.
        case braceExpected
        /// `\` at the end.
        case nothingEscaped
        /// A byte above 127, on which stap 4.8 crashes in its third pass.
        case beyondASCII
    }

    /// What is wrong.
    public var kind: Kind
    /// At which byte.
    public var position: Int
}

/// Reads the regular expressions that stap takes behind `=~`.
///
/// They are POSIX extended ones, with the limits and the oddities of its own reader, found by trial of version 4.8. `[.a.]`
/// and `[=a=]` are plain characters to it, `\` escapes between brackets too but for a range's end, and `(?:a)`
/// matches `:a`.
public struct RegexReader {
    private let bytes: [UInt8]
    private var index = 0
    private var depth = 0
    private var groups = 0

    private static let largestRepeat = 12345

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Reads an expression.
    public static func node(of bytes: [UInt8]) throws(RegexSyntaxError) -> RegexNode {
        if let place = bytes.firstIndex(where: { $0 >= 0x80 }) {
            throw RegexSyntaxError(kind: .beyondASCII, position: place)
        }
        var reader = RegexReader(bytes)
        let node = try reader.alternatives()
        // stap doesn't see one that comes last.
        if reader.index < bytes.count - 1 { throw reader.failure(.strayParenthesis) }
        return node
    }

    private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    private func failure(_ kind: RegexSyntaxError.Kind, at position: Int? = nil) -> RegexSyntaxError {
        RegexSyntaxError(kind: kind, position: position ?? index)
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard current == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func alternatives() throws(RegexSyntaxError) -> RegexNode {
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .alternatives(branches)
    }

    private mutating func sequence() throws(RegexSyntaxError) -> RegexNode {
        var nodes: [RegexNode] = []
        while let byte = current, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
            nodes.append(try factor(byte))
        }
        return nodes.count == 1 ? nodes[0] : nodes.isEmpty ? .empty : .sequence(nodes)
    }

    private mutating func factor(_ byte: UInt8) throws(RegexSyntaxError) -> RegexNode {
        let start = index
        index += 1
        var node: RegexNode
        var isAnchor = false
        switch byte {
        case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "{"):
            throw failure(.nothingToRepeat(Character(UnicodeScalar(byte))), at: start)
        case UInt8(ascii: "^"):
            node = .lineStart
            isAnchor = true
        case UInt8(ascii: "$"):
            node = .lineEnd
            isAnchor = true
        case UInt8(ascii: "\\"):
            guard let escaped = current else { throw failure(.nothingEscaped) }
            index += 1
            node = .byte(ByteSet(escaped))
        case UInt8(ascii: "("): node = try group(start)
        case UInt8(ascii: "["): node = .byte(try characterClass(start))
        case UInt8(ascii: "."): node = .byte(.all)
        default: node = .byte(ByteSet(byte))
        }
        while let byte = current, "*+?{".utf8.contains(byte) {
            if isAnchor { throw failure(.nothingToRepeat(Character(UnicodeScalar(byte)))) }
            index += 1
            switch byte {
            case UInt8(ascii: "*"): node = .repeated(node, atLeast: 0, atMost: nil)
            case UInt8(ascii: "+"): node = .repeated(node, atLeast: 1, atMost: nil)
            case UInt8(ascii: "?"): node = .repeated(node, atLeast: 0, atMost: 1)
            default:
                let (least, most) = try bounds()
                node = .repeated(node, atLeast: least, atMost: most)
            }
        }
        return node
    }

    private mutating func group(_ start: Int) throws(RegexSyntaxError) -> RegexNode {
        depth += 1
        guard depth < 200 else { throw failure(.unclosedGroup, at: start) }
        if take("?"), current != UInt8(ascii: ":") { throw failure(.unknownGroup, at: start) }
        groups += 1
        let number = groups
        let node = try alternatives()
        depth -= 1
        guard take(")") else { throw failure(.unclosedGroup, at: start) }
        return .group(node, number: number)
    }

    private mutating func bounds() throws(RegexSyntaxError) -> (least: Int, most: Int?) {
        let start = index
        let least = try number()
        var most: Int? = least
        if take(",") {
            most = current == UInt8(ascii: "}") ? nil : try number()
            if let most, most < least { throw failure(.invertedRepeat(least, most), at: start) }
        }
        guard take("}") else { throw failure(.braceExpected) }
        return (least, most)
    }

    private mutating func number() throws(RegexSyntaxError) -> Int {
        let start = index
        var value = 0
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            value = min(value * 10 + Int(byte - UInt8(ascii: "0")), 1_000_000)
            index += 1
        }
        guard index > start else { throw failure(.numberExpected) }
        guard value <= Self.largestRepeat else { throw failure(.numberTooLarge, at: start) }
        return value
    }

    private mutating func characterClass(_ start: Int) throws(RegexSyntaxError) -> ByteSet {
        let isNegated = take("^")
        var set = ByteSet()
        var isFirst = true
        while let byte = current {
            if byte == UInt8(ascii: "]"), !isFirst {
                index += 1
                return isNegated ? set.inverted : set
            }
            isFirst = false
            if byte == UInt8(ascii: "["), index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: ":") {
                set.formUnion(try namedClass(start))
                continue
            }
            if byte == UInt8(ascii: "\\") { index += 1 }
            guard let low = current else { break }
            index += 1
            var high = low
            if current == UInt8(ascii: "-"), index + 1 < bytes.count, bytes[index + 1] != UInt8(ascii: "]") {
                high = bytes[index + 1]
                if high < low {
                    let text = String(decoding: [low, UInt8(ascii: "-"), high], as: UTF8.self)
                    throw failure(.invertedRange(text))
                }
                index += 2
            }
            set.insert(low...high)
        }
        throw failure(.unclosedClass, at: start)
    }

    private mutating func namedClass(_ start: Int) throws(RegexSyntaxError) -> ByteSet {
        var end = index + 2
        while end + 1 < bytes.count, bytes[end] != UInt8(ascii: ":") || bytes[end + 1] != UInt8(ascii: "]") {
            end += 1
        }
        guard end + 1 < bytes.count else { throw failure(.unclosedClass, at: start) }
        let name = String(decoding: bytes[(index + 2)..<end], as: UTF8.self)
        guard let set = ByteSet(className: name) else { throw failure(.unknownClass(name)) }
        index = end + 2
        return set
    }
}
