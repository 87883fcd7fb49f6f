/// What is wrong with a regular expression, and at which byte of it.
struct RegexSyntaxError: Equatable {
    /// The kinds of mistakes.
    enum Kind: Equatable {
        /// `*`, `+`, `?` or `{` with nothing before it, or behind `^` or `$`.
        case nothingToRepeat(Character)
        case unclosedGroup
        case unclosedClass
        case unknownClass(String)
        case invertedRange(String)
        case numberExpected
        case numberTooLarge
        case invertedRepeat(Int, Int)
        case braceExpected
        case nothingEscaped
        /// A byte above 127, on which stap 4.8 crashes in its third pass.
        case beyondASCII
    }

    var kind: Kind
    var position: Int
}

/// The regular expressions that stap takes behind `=~`: POSIX extended ones, with the limits of its own
/// reader, found by trial of version 4.8.
struct RegexSyntax {
    private let bytes: [UInt8]
    private var index = 0
    private var depth = 0

    private static let classes: Set<String> = [
        "alpha", "alnum", "digit", "lower", "upper", "space", "blank", "punct", "print", "graph", "cntrl",
        "xdigit",
    ]
    private static let largestRepeat = 12345

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The first mistake; nil where there is none.
    static func error(in bytes: [UInt8]) -> RegexSyntaxError? {
        if let place = bytes.firstIndex(where: { $0 >= 0x80 }) {
            return RegexSyntaxError(kind: .beyondASCII, position: place)
        }
        var reader = RegexSyntax(bytes)
        do throws(Failure) {
            try reader.alternatives()
            return nil
        } catch {
            return error.error
        }
    }

    private struct Failure: Error {
        var error: RegexSyntaxError
    }

    private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    private func failure(_ kind: RegexSyntaxError.Kind, at position: Int? = nil) -> Failure {
        Failure(error: RegexSyntaxError(kind: kind, position: position ?? index))
    }

    /// stap ends at a `)` that closes nothing and takes what is before it.
    private mutating func alternatives() throws(Failure) {
        while let byte = current, byte != UInt8(ascii: ")") {
            if byte == UInt8(ascii: "|") {
                index += 1
            } else {
                try factor()
            }
        }
    }

    private mutating func factor() throws(Failure) {
        guard let byte = current else { return }
        let start = index
        index += 1
        var isAnchor = false
        switch byte {
        case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "{"):
            // A Perl group's mark is taken for a question of nothing.
            if byte == UInt8(ascii: "?"), start > 0, bytes[start - 1] == UInt8(ascii: "(") { return }
            throw failure(.nothingToRepeat(Character(UnicodeScalar(byte))), at: start)
        case UInt8(ascii: "^"), UInt8(ascii: "$"): isAnchor = true
        case UInt8(ascii: "\\"):
            guard current != nil else { throw failure(.nothingEscaped) }
            index += 1
        case UInt8(ascii: "("):
            depth += 1
            guard depth < 200 else { throw failure(.unclosedGroup, at: start) }
            try alternatives()
            depth -= 1
            guard current == UInt8(ascii: ")") else { throw failure(.unclosedGroup, at: start) }
            index += 1
        case UInt8(ascii: "["): try characterClass(start)
        default: break
        }
        while let byte = current, "*+?{".utf8.contains(byte) {
            if isAnchor { throw failure(.nothingToRepeat(Character(UnicodeScalar(byte)))) }
            index += 1
            if byte == UInt8(ascii: "{") { try bounds() }
        }
    }

    private mutating func bounds() throws(Failure) {
        let start = index
        let least = try number()
        if current == UInt8(ascii: ",") {
            index += 1
            if current != UInt8(ascii: "}") {
                let most = try number()
                if most < least { throw failure(.invertedRepeat(least, most), at: start) }
            }
        }
        guard current == UInt8(ascii: "}") else { throw failure(.braceExpected) }
        index += 1
    }

    private mutating func number() throws(Failure) -> Int {
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

    private mutating func characterClass(_ start: Int) throws(Failure) {
        if current == UInt8(ascii: "^") { index += 1 }
        var isFirst = true
        var last: UInt8?
        while let byte = current {
            if byte == UInt8(ascii: "]"), !isFirst {
                index += 1
                return
            }
            isFirst = false
            if byte == UInt8(ascii: "["), index + 1 < bytes.count, ":.=".utf8.contains(bytes[index + 1]) {
                try namedClass(start)
                last = nil
                continue
            }
            if byte == UInt8(ascii: "-"), let low = last, index + 1 < bytes.count,
                bytes[index + 1] != UInt8(ascii: "]")
            {
                let high = bytes[index + 1]
                if high < low {
                    let text = String(decoding: [low, UInt8(ascii: "-"), high], as: UTF8.self)
                    throw failure(.invertedRange(text))
                }
                index += 2
                last = nil
                continue
            }
            last = byte
            index += 1
        }
        throw failure(.unclosedClass, at: start)
    }

    private mutating func namedClass(_ start: Int) throws(Failure) {
        let mark = bytes[index + 1]
        var end = index + 2
        while end + 1 < bytes.count, bytes[end] != mark || bytes[end + 1] != UInt8(ascii: "]") { end += 1 }
        guard end + 1 < bytes.count else { throw failure(.unclosedClass, at: start) }
        let name = String(decoding: bytes[(index + 2)..<end], as: UTF8.self)
        if mark == UInt8(ascii: ":"), !Self.classes.contains(name) { throw failure(.unknownClass(name)) }
        index = end + 2
    }
}
