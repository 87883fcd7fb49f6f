/// How stap writes bytes that cannot be printed.
enum QuotedText {
    /// The letter behind the backslash, for those that C has one for.
    static func escape(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x07: UInt8(ascii: "a")
        case 0x08: UInt8(ascii: "b")
        case 0x0C: UInt8(ascii: "f")
        case 0x0A: UInt8(ascii: "n")
        case 0x0D: UInt8(ascii: "r")
        case 0x09: UInt8(ascii: "t")
        case 0x0B: UInt8(ascii: "v")
        default: nil
        }
    }

    /// `\ooo`.
    static func octal(_ byte: UInt8) -> [UInt8] {
        let zero = UInt8(ascii: "0")
        return [UInt8(ascii: "\\"), zero + (byte >> 6), zero + ((byte >> 3) & 7), zero + (byte & 7)]
    }

    /// `text_str`, `text_strn`, `string_quoted`: a string, or with `isBuffer` bytes that may hold zeros, with
    /// escapes for what is not printable, UTF-8 as `\uXXXX`.
    ///
    /// Of at most `limit` bytes (0 is the longest string); quoted, a text that is cut ends with `"...`.
    static func text(
        _ input: [UInt8], limit: Int, isQuoted: Bool, longest: Int, isBuffer: Bool = false
    ) -> [UInt8] {
        var room = limit <= 0 || limit > longest ? longest : limit
        var output: [UInt8] = []
        if isQuoted {
            room = max(room, 5) - 2
            output.append(UInt8(ascii: "\""))
        }
        // Where the first escape stands that the three dots could cut in two.
        var escape: Range<Int>?
        var rest = input.prefix(longest)
        // stap reads on to the zero behind a string, but not behind a buffer.
        var unread = isBuffer ? rest.count : longest
        var isCut = false
        while !rest.isEmpty {
            let (character, length) = scalar(rest)
            if character == 0, !isBuffer { break }
            guard room > 0 else {
                isCut = character != 0
                break
            }
            let bytes = escaped(character, isMultibyte: length > 1)
            // A zero is counted as four characters, though it is written as two.
            let cost = character == 0 ? 4 : bytes.count
            rest = rest.dropFirst(length)
            unread -= length
            if cost > 1 {
                if escape == nil, room - 3 < cost { escape = output.count..<output.count + cost }
                guard room >= cost else {
                    isCut = character != 0 && unread > 0
                    break
                }
            }
            output += bytes
            room -= cost
        }
        guard isQuoted else { return output }
        if isCut {
            let cut = output.count - 3 + room
            if let escape, escape.lowerBound < cut, cut < escape.upperBound {
                output.removeLast(output.count - escape.lowerBound)
            } else {
                output.removeLast(max(0, output.count - cut))
            }
            return output + Array("\"...".utf8)
        }
        return output + [UInt8(ascii: "\"")]
    }

    private static func escaped(_ character: UInt32, isMultibyte: Bool) -> [UInt8] {
        if isMultibyte {
            let isShort = character <= 0xFFFF
            let digits = String(character, radix: 16, uppercase: true)
            let zeros = String(repeating: "0", count: (isShort ? 4 : 8) - digits.count)
            return Array("\\\(isShort ? "u" : "U")\(zeros)\(digits)".utf8)
        }
        let byte = UInt8(truncatingIfNeeded: character)
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return [UInt8(ascii: "\\"), byte] }
        if byte == 0 { return [UInt8(ascii: "\\"), UInt8(ascii: "0")] }
        if let letter = escape(byte) { return [UInt8(ascii: "\\"), letter] }
        return (0x20..<0x7F).contains(byte) ? [byte] : octal(byte)
    }

    /// The next character and its bytes; what is no UTF-8 is a byte by itself.
    private static func scalar(_ bytes: ArraySlice<UInt8>) -> (UInt32, Int) {
        let first = bytes[bytes.startIndex]
        let length =
            first & 0xE0 == 0xC0 ? 2 : first & 0xF0 == 0xE0 ? 3 : first & 0xF8 == 0xF0 ? 4 : 1
        guard length > 1, bytes.count >= length else { return (UInt32(first), 1) }
        var value = UInt32(first) & (length == 2 ? 0x1F : length == 3 ? 0x0F : 0x07)
        for byte in bytes.dropFirst().prefix(length - 1) {
            guard byte & 0xC0 == 0x80 else { return (UInt32(first), 1) }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        let isTooLong = value < 0x80 || (length == 3 && value < 0x800) || (length == 4 && value < 0x10000)
        guard !(0xD800...0xDFFF).contains(value), value <= 0x10FFFF, !isTooLong else {
            return (UInt32(first), 1)
        }
        return (value, length)
    }
}

extension UInt8 {
    /// The character as `%#c` prints it.
    var quotedAsCharacter: [UInt8] {
        if self == UInt8(ascii: "'") || self == UInt8(ascii: "\\") { return [UInt8(ascii: "\\"), self] }
        if let letter = QuotedText.escape(self) { return [UInt8(ascii: "\\"), letter] }
        return (0x20..<0x7F).contains(self) ? [self] : QuotedText.octal(self)
    }
}
