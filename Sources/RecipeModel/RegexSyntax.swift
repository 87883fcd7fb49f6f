import Regexes

/// A regular expression as SystemTap's `=~` takes it (stap(1), "REGULAR EXPRESSION MATCHING"), parsed.
///
/// POSIX extended syntax over bytes: `.`, `[…]`, `|`, `*`, `+`, `?`, `{n,m}`, `^`, `$`, `(…)`, `(?:…)` and
/// `\` before punctuation. stap takes a stray `)` and `\d` as they come, which is never what was meant;
/// they are refused here.
struct RegexSyntax: Sendable {
    /// Why a text is no expression, and at which byte of it.
    struct Problem: Error, Equatable {
        enum Kind: Equatable {
            case unclosedGroup
            case strayParenthesis
            case danglingOperator(String)
            case repeatedAnchor(String)
            case unclosedClass
            case invertedRange(String)
            case unknownClassName(String)
            case badRepetition
            case trailingBackslash
            case escapedLetter(String)
            case tooDeep
            case tooLarge
            case holdsNUL
        }

        var kind: Kind
        var offset: Int
    }

    static let depthLimit = 50
    /// What `{n,m}` may count to.
    static let repetitionLimit = 1000
    /// The most bytes of an expression.
    static let lengthLimit = 4096

    private(set) var root: RegexNode = .empty
    private let bytes: [UInt8]
    private var offset = 0

    init(parsing bytes: [UInt8]) throws(Problem) {
        self.bytes = bytes
        if let nul = bytes.firstIndex(of: 0) { throw Problem(kind: .holdsNUL, offset: nul) }
        guard bytes.count <= Self.lengthLimit else {
            throw Problem(kind: .tooLarge, offset: Self.lengthLimit)
        }
        root = try alternatives(depth: 0)
        if offset < bytes.count { throw Problem(kind: .strayParenthesis, offset: offset) }
    }

    /// Compiled, unless its repetitions make it too large.
    func compiled() throws(Problem) -> RegexProgram {
        do {
            return try RegexProgram(root)
        } catch {
            throw Problem(kind: .tooLarge, offset: 0)
        }
    }

    private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard current == UInt8(ascii: character) else { return false }
        offset += 1
        return true
    }

    private mutating func alternatives(depth: Int) throws(Problem) -> RegexNode {
        guard depth <= Self.depthLimit else { throw Problem(kind: .tooDeep, offset: offset) }
        var branches = [try sequence(depth: depth)]
        while take("|") { branches.append(try sequence(depth: depth)) }
        return branches.count == 1 ? branches[0] : .alternatives(branches)
    }

    private mutating func sequence(depth: Int) throws(Problem) -> RegexNode {
        var nodes: [RegexNode] = []
        while let byte = current, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
            var node = try atom(depth: depth)
            while let operation = current, Self.isPostfix(operation) {
                switch node {
                case .lineStart, .lineEnd:
                    throw Problem(kind: .repeatedAnchor(text(offset..<offset + 1)), offset: offset)
                default: node = try repeated(node)
                }
            }
            nodes.append(node)
        }
        return nodes.count == 1 ? nodes[0] : nodes.isEmpty ? .empty : .sequence(nodes)
    }

    private static func isPostfix(_ byte: UInt8) -> Bool { "*+?{".utf8.contains(byte) }

    private mutating func atom(depth: Int) throws(Problem) -> RegexNode {
        let start = offset
        let byte = bytes[offset]
        offset += 1
        switch byte {
        case UInt8(ascii: "("):
            if current == UInt8(ascii: "?"), offset + 1 < bytes.count, bytes[offset + 1] == UInt8(ascii: ":")
            {
                offset += 2
            }
            let node = try alternatives(depth: depth + 1)
            guard take(")") else { throw Problem(kind: .unclosedGroup, offset: start) }
            return node
        case UInt8(ascii: "["): return .byte(try characterClass(from: start))
        case UInt8(ascii: "."): return .byte(.all)
        case UInt8(ascii: "^"): return .lineStart
        case UInt8(ascii: "$"): return .lineEnd
        case UInt8(ascii: "\\"):
            guard let escaped = current else { throw Problem(kind: .trailingBackslash, offset: start) }
            guard !escaped.isASCIILetter, !escaped.isASCIIDigit else {
                throw Problem(kind: .escapedLetter(text(start..<start + 2)), offset: start)
            }
            offset += 1
            return .byte(ByteSet(escaped))
        case _ where Self.isPostfix(byte):
            throw Problem(kind: .danglingOperator(text(start..<start + 1)), offset: start)
        default: return .byte(ByteSet(byte))
        }
    }

    private mutating func repeated(_ node: RegexNode) throws(Problem) -> RegexNode {
        if take("*") { return .repeated(node, atLeast: 0, atMost: nil) }
        if take("+") { return .repeated(node, atLeast: 1, atMost: nil) }
        if take("?") { return .repeated(node, atLeast: 0, atMost: 1) }
        let start = offset
        offset += 1
        let bad = Problem(kind: .badRepetition, offset: start)
        guard let least = number() else { throw bad }
        if take("}") { return .repeated(node, atLeast: least, atMost: least) }
        guard take(",") else { throw bad }
        if take("}") { return .repeated(node, atLeast: least, atMost: nil) }
        guard let most = number(), most >= least, take("}") else { throw bad }
        return .repeated(node, atLeast: least, atMost: most)
    }

    private mutating func number() -> Int? {
        let digits = bytes[offset...].prefix { $0.isASCIIDigit }
        guard let value = Int(text(digits.indices)), value <= Self.repetitionLimit else { return nil }
        offset = digits.endIndex
        return value
    }

    private mutating func characterClass(from start: Int) throws(Problem) -> ByteSet {
        let isNegated = take("^")
        var set = ByteSet()
        var isFirst = true
        while let byte = current {
            if byte == UInt8(ascii: "]"), !isFirst {
                offset += 1
                return isNegated ? set.inverted : set
            }
            isFirst = false
            if byte == UInt8(ascii: "["), offset + 1 < bytes.count, bytes[offset + 1] == UInt8(ascii: ":") {
                set.formUnion(try namedClass())
                continue
            }
            let first = classMember()
            var last = first
            if current == UInt8(ascii: "-"), offset + 1 < bytes.count, bytes[offset + 1] != UInt8(ascii: "]")
            {
                let lower = offset - 1
                offset += 1
                last = classMember()
                guard first <= last else {
                    throw Problem(kind: .invertedRange(text(lower..<offset)), offset: lower)
                }
            }
            set.insert(first...last)
        }
        throw Problem(kind: .unclosedClass, offset: start)
    }

    /// A byte of a class; `\` escapes there too, in stap as in this.
    private mutating func classMember() -> UInt8 {
        if bytes[offset] == UInt8(ascii: "\\"), offset + 1 < bytes.count { offset += 1 }
        offset += 1
        return bytes[offset - 1]
    }

    private mutating func namedClass() throws(Problem) -> ByteSet {
        let start = offset
        let name = bytes[(offset + 2)...].prefix { $0.isASCIILower }
        offset = name.endIndex
        guard take(":"), take("]") else { throw Problem(kind: .unclosedClass, offset: start) }
        guard let set = ByteSet(className: text(name.indices)) else {
            throw Problem(kind: .unknownClassName(text(name.indices)), offset: start)
        }
        return set
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}
