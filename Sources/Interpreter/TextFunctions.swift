/// The string functions of stap's tapset (string.stp, tokenize.stp) on bytes.
enum TextFunctions {
    /// `substr`; the longest string bounds what is returned.
    static func substring(_ text: [UInt8], _ start: Int64, _ length: Int64, longest: Int) -> [UInt8] {
        guard start >= 0, start < text.count, length > 0, length < .max else { return [] }
        return Array(text.dropFirst(Int(start)).prefix(Int(min(length, Int64(longest)))))
    }

    /// `stringat`: C's `char`, which has a sign.
    static func byte(_ text: [UInt8], _ position: Int64) throws(RuntimeError) -> Int64 {
        guard position >= 0, position < text.count else { throw .position }
        return Int64(Int8(bitPattern: text[Int(position)]))
    }

    /// Where a text is first found at or behind a place.
    static func find(_ needle: [UInt8], in text: [UInt8], from start: Int = 0) -> Int? {
        guard let first = needle.first else { return start }
        var place = start
        while place + needle.count <= text.count {
            if text[place] == first, text[place..<place + needle.count].elementsEqual(needle) { return place }
            place += 1
        }
        return nil
    }

    /// `str_replace`.
    static func replacing(_ needle: [UInt8], with replacement: [UInt8], in text: [UInt8], longest: Int)
        -> [UInt8]
    {
        guard !needle.isEmpty else { return text }
        var result: [UInt8] = []
        var start = 0
        while result.count < longest, let place = find(needle, in: text, from: start) {
            result += text[start..<place]
            result += replacement
            start = place + needle.count
        }
        result += text[start...]
        return Array(result.prefix(longest))
    }

    /// `strtol`: the kernel's simple_strtol, which takes no blanks and no `+`, and wraps.
    static func integer(_ text: [UInt8], base: Int64) -> Int64 {
        var rest = text[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative { rest = rest.dropFirst() }
        // The base is an unsigned int in the kernel.
        var base = UInt64(UInt32(truncatingIfNeeded: base))
        let marksHexadecimal =
            rest.first == UInt8(ascii: "0") && rest.dropFirst().first.map { $0 | 0x20 } == UInt8(ascii: "x")
        if base == 0 {
            let third = rest.dropFirst(2).first
            base =
                rest.first != UInt8(ascii: "0")
                ? 10 : marksHexadecimal && third.flatMap { digit($0) } != nil ? 16 : 8
        }
        if base == 16, marksHexadecimal { rest = rest.dropFirst(2) }
        var value: UInt64 = 0
        for byte in rest {
            guard let digit = digit(byte), digit < base else { break }
            value = value &* base &+ digit
        }
        let signed = Int64(bitPattern: value)
        return isNegative ? 0 &- signed : signed
    }

    /// The value of a hexadecimal digit.
    private static func digit(_ byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    /// The next token of what is left, without empty ones; nil is left where the last one was given.
    static func token(_ rest: inout ArraySlice<UInt8>?, delimiters: [UInt8]) -> [UInt8] {
        while let text = rest {
            let end = text.firstIndex { delimiters.contains($0) }
            rest = end.map { text[($0 + 1)...] }
            let token = text[..<(end ?? text.endIndex)]
            if !token.isEmpty { return Array(token) }
        }
        return []
    }

    /// All tokens between blanks.
    static func words(_ text: [UInt8]) -> [[UInt8]] {
        text.split(separator: UInt8(ascii: " ")).map(Array.init)
    }
}
