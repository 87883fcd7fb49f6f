/// SystemTap's string literals: C's escapes, decoded by the C compiler that builds the module.
enum StringLiteral {
    /// The text as it may stand between quotes behind what the literal already holds.
    ///
    /// Octal escapes have three digits, so that no digit behind them can join them.
    static func escaped(_ text: [UInt8], for use: StringUse, after before: ArraySlice<UInt8>) -> [UInt8] {
        let isText = use == .probePoint || String(validating: text, as: UTF8.self) != nil
        var out: [UInt8] = []
        out.reserveCapacity(text.count)
        for (index, byte) in text.enumerated() {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): out += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): out += Array("\\n".utf8)
            case UInt8(ascii: "\t"): out += Array("\\t".utf8)
            case UInt8(ascii: "%") where use == .format: out += Array("%%".utf8)
            case 0x00..<0x20, 0x7F: out += octal(byte)
            // stap passes a probe point's text on without decoding it: only bytes as they are can match.
            case 0x80... where !isText: out += octal(byte)
            case _ where index == 0 && isHexDigit(byte) && endsInNumericEscape(before): out += octal(byte)
            default: out.append(byte)
            }
        }
        return out
    }

    /// The literal's text with `\\` made one backslash and other escapes' backslashes dropped, as a scan for
    /// brackets needs it.
    static func withoutQuoteEscapes(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), let next = rest.popFirst() {
                out.append(next)
            } else {
                out.append(byte)
            }
        }
        return out
    }

    private static func octal(_ byte: UInt8) -> [UInt8] {
        let digits = String(byte, radix: 8)
        return Array(("\\" + String(repeating: "0", count: 3 - digits.count) + digits).utf8)
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        byte.isDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }

    /// Whether the text ends in `\1`, `\12` or `\xF…`, which a further digit would join.
    private static func endsInNumericEscape(_ text: ArraySlice<UInt8>) -> Bool {
        let digits = text.reversed().prefix { isHexDigit($0) }.count
        let head = text.dropLast(digits)
        if head.last == UInt8(ascii: "x") { return endsInOpenBackslash(head.dropLast()) }
        guard head.last == UInt8(ascii: "\\"), digits > 0 else { return false }
        return digits <= 2 && endsInOpenBackslash(head)
    }

    /// Whether an odd number of backslashes ends the text.
    private static func endsInOpenBackslash(_ text: ArraySlice<UInt8>) -> Bool {
        text.reversed().prefix { $0 == UInt8(ascii: "\\") }.count % 2 == 1
    }
}
