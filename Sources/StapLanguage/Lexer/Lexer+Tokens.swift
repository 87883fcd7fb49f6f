import Diagnostics

/// How each kind of token is scanned; `position` is at its first byte.
extension Lexer {
    mutating func scanComment() {
        let start = position
        var placeholders: [Placeholder] = []
        if bytes[position] == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
            position += 2
            var isClosed = false
            while position < bytes.count {
                if bytes[position] == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
                    position += 2
                    isClosed = true
                    break
                }
                advance(collecting: &placeholders)
            }
            if !isClosed {
                diagnostics.append(
                    SyntaxError.unterminatedComment.diagnostic(at: source.range(start, start + 2)))
            }
        } else {
            while position < bytes.count, bytes[position] != UInt8(ascii: "\n") {
                advance(collecting: &placeholders)
            }
        }
        if options.keepsComments { emit(.comment, from: start, placeholders: placeholders) }
    }

    /// Steps over one byte, or over a whole placeholder, which is kept.
    private mutating func advance(collecting placeholders: inout [Placeholder]) {
        if let placeholder = placeholder(at: position) {
            placeholders.append(placeholder)
            position = placeholder.range.upper
        } else {
            position += 1
        }
    }

    /// A name, with its sigil, or a reference to a script argument.
    mutating func scanName() {
        let start = position
        let sigil = bytes[position]
        position += 1
        if sigil == UInt8(ascii: "$") || sigil == UInt8(ascii: "@") {
            if peek(0) == UInt8(ascii: "#") {
                position += 1
                emit(
                    .argument(sigil == UInt8(ascii: "$") ? .count : .quotedCount), from: start,
                    text: spelling(from: start))
                return
            }
        }
        // Whatever follows the digits is a token of its own, as stap has it.
        if sigil == UInt8(ascii: "$") || sigil == UInt8(ascii: "@"), peek(0)?.isDigit == true {
            while let byte = peek(0), byte.isDigit { position += 1 }
            let text = spelling(from: start)
            let index = Int(text.dropFirst()) ?? Int.max
            emit(
                .argument(sigil == UInt8(ascii: "$") ? .unquoted(index) : .quoted(index)), from: start,
                text: text)
            return
        }
        while let byte = peek(0), byte.continuesName { position += 1 }
        let text = spelling(from: start)
        emit(.identifier, from: start, text: text)
    }

    mutating func scanNumber() {
        let start = position
        while let byte = peek(0), byte.isDigit || byte.isLetter { position += 1 }
        let text = spelling(from: start)
        guard let value = Self.number(text) else {
            return emit(.number(0), from: start, text: text, flaw: .invalidNumber(text))
        }
        emit(.number(Int64(bitPattern: value)), from: start, text: text)
    }

    /// A C integer literal that fits 64 bits.
    static func number(_ text: String) -> UInt64? {
        let digits = text.lowercased()
        if digits.hasPrefix("0x") {
            return digits.utf8.count > 2 ? UInt64(digits.dropFirst(2), radix: 16) : nil
        }
        if digits.hasPrefix("0") { return UInt64(digits, radix: 8) }
        return UInt64(digits, radix: 10)
    }

    mutating func scanString() {
        let start = position
        var value: [UInt8] = []
        var escaped: [Int] = []
        var placeholders: [Placeholder] = []
        position += 1
        while true {
            guard let byte = peek(0), byte != UInt8(ascii: "\n") else {
                return emit(
                    .string(value), from: start, placeholders: placeholders, flaw: .unterminatedString)
            }
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\") {
                if scanEscape(into: &value) { escaped.append(value.count - 1) }
            } else if let placeholder = placeholder(at: position) {
                placeholders.append(placeholder)
                value += bytes[position..<placeholder.range.upper]
                position = placeholder.range.upper
            } else {
                value.append(byte)
                position += 1
            }
        }
        position += 1
        emit(.string(value), from: start, placeholders: placeholders)
        tokens[tokens.count - 1].escapedOffsets = escaped
    }

    /// A backslash and what it makes of the bytes behind it; whether that is an escape that stap knows.
    ///
    /// An unknown one stands for its own byte, as if the backslash were not there.
    private mutating func scanEscape(into value: inout [UInt8]) -> Bool {
        position += 1
        guard let byte = peek(0) else { return false }
        position += 1
        switch byte {
        case UInt8(ascii: "a"): value.append(0x07)
        case UInt8(ascii: "b"): value.append(0x08)
        case UInt8(ascii: "t"): value.append(0x09)
        case UInt8(ascii: "n"): value.append(0x0A)
        case UInt8(ascii: "v"): value.append(0x0B)
        case UInt8(ascii: "f"): value.append(0x0C)
        case UInt8(ascii: "r"): value.append(0x0D)
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            var number = Int(byte - UInt8(ascii: "0"))
            for _ in 0..<2 {
                guard let digit = peek(0), digit.isOctalDigit else { break }
                number = number * 8 + Int(digit - UInt8(ascii: "0"))
                position += 1
            }
            value.append(UInt8(truncatingIfNeeded: number))
        case UInt8(ascii: "x"):
            guard peek(0)?.hexValue != nil else {
                value.append(byte)
                return true
            }
            var number: UInt8 = 0
            while let digit = peek(0)?.hexValue {
                number = number << 4 | digit
                position += 1
            }
            value.append(number)
        default:
            value.append(byte)
            return byte == UInt8(ascii: "\\")
        }
        return true
    }

    mutating func scanEmbeddedC() {
        let start = position
        var placeholders: [Placeholder] = []
        position += 2
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "%"), peek(1) == UInt8(ascii: "}") {
                position += 2
                return emit(.embeddedC, from: start, placeholders: placeholders)
            }
            advance(collecting: &placeholders)
        }
        emit(.embeddedC, from: start, placeholders: placeholders, flaw: .unterminatedEmbeddedC)
    }

    mutating func scanOperator() {
        let start = position
        for length in [3, 2] where Self.startsLongOperator(bytes[start]) && start + length <= bytes.count {
            let text = String(decoding: bytes[start..<(start + length)], as: UTF8.self)
            if Self.longOperators.contains(text) {
                position += length
                return emit(.operator, from: start, text: text)
            }
        }
        let byte = bytes[position]
        position += 1
        if byte > 0x20, byte < 0x7F { return emit(.operator, from: start, text: spelling(from: start)) }
        while let next = peek(0), next >= 0x80 { position += 1 }
        emit(.invalid, from: start, flaw: .invalidBytes)
    }

    /// Most operators are a parenthesis, a comma or the like, and no text has to be made to look them up.
    private static func startsLongOperator(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "*"),
            UInt8(ascii: "/"), UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "^"),
            UInt8(ascii: "."), UInt8(ascii: "="), UInt8(ascii: "!"):
            true
        default: false
        }
    }

    private static let longOperators: Set<String> = [
        "<<<", ">>>", "<<=", ">>=", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", ".=", "&&",
        "||",
        "<<", ">>", "==", "!=", "<=", ">=", "=~", "!~", "->", "%(", "%?", "%:", "%)", "%}",
    ]
}
