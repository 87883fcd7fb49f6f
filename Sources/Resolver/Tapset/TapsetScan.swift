import Glibc

/// What a tapset file defines, read from its lines alone: the few bytes that decide whether it must be parsed.
///
/// A tapset writes each definition at the start of a line. What stands in a comment or a conditional is found
/// too, which costs no more than a parse.
struct TapsetScan {
    /// Hashes of functions' names, by `hash`: there are thousands, and a script asks for a few.
    var functions: [UInt64] = []
    /// Where each function's name stands in the text.
    var functionPlaces: [Range<Int>] = []
    /// Where what stands between `probe` and `{` or the line's end does; most scripts need none of it.
    var probeHeads: [Range<Int>] = []
    /// Hashes of global variables' names.
    var globals: [UInt64] = []

    /// A name's hash, FNV-1a; two names that share one cost a parse and nothing else.
    static func hash(_ name: some Sequence<UInt8>) -> UInt64 {
        var value: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return value
    }

    init(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { buffer in
            var start = 0
            while start < buffer.count {
                var cursor = start
                while cursor < buffer.count, Self.isBlank(buffer[cursor]) { cursor += 1 }
                if cursor < buffer.count {
                    switch buffer[cursor] {
                    case UInt8(ascii: "f"), UInt8(ascii: "g"), UInt8(ascii: "p"): take(buffer, cursor)
                    default: break
                    }
                }
                guard cursor < buffer.count, let base = buffer.baseAddress,
                    let end = memchr(base + cursor, 0x0A, buffer.count - cursor)
                else { break }
                start = UnsafeRawPointer(end) - UnsafeRawPointer(base) + 1
            }
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    /// Takes the definition that begins here, if there is one.
    private mutating func take(_ buffer: UnsafeBufferPointer<UInt8>, _ start: Int) {
        var cursor = start
        func skip(_ keyword: StaticString) -> Bool {
            let length = keyword.utf8CodeUnitCount
            guard cursor + length < buffer.count, Self.isBlank(buffer[cursor + length]) else { return false }
            for offset in 0..<length where buffer[cursor + offset] != keyword.utf8Start[offset] {
                return false
            }
            cursor += length
            while cursor < buffer.count, Self.isBlank(buffer[cursor]) { cursor += 1 }
            return true
        }
        if skip("private") {}
        if skip("function") {
            var end = cursor
            while end < buffer.count, Self.isNamePart(buffer[end]) { end += 1 }
            functions.append(Self.hash(buffer[cursor..<end]))
            functionPlaces.append(cursor..<end)
        } else if skip("global") {
            while cursor < buffer.count {
                let start = cursor
                while cursor < buffer.count, Self.isNamePart(buffer[cursor]) { cursor += 1 }
                if cursor > start { globals.append(Self.hash(buffer[start..<cursor])) }
                // An array's size or a value may stand before the next comma.
                while cursor < buffer.count, !Self.isListEnd(buffer[cursor]),
                    buffer[cursor] != UInt8(ascii: ",")
                {
                    cursor += 1
                }
                guard cursor < buffer.count, buffer[cursor] == UInt8(ascii: ",") else { break }
                cursor += 1
                while cursor < buffer.count, Self.isBlank(buffer[cursor]) { cursor += 1 }
            }
        } else if skip("probe") {
            var end = cursor
            while end < buffer.count, buffer[end] != UInt8(ascii: "\n"), buffer[end] != UInt8(ascii: "{") {
                end += 1
            }
            probeHeads.append(cursor..<end)
        }
    }

    private static func isListEnd(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\n") || byte == UInt8(ascii: ";")
    }

    /// Names of probe aliases in a text, without their components' arguments.
    static func aliases(in bytes: [UInt8]) -> [String] {
        TapsetScan(bytes).probeHeads.flatMap { place in
            let head = String(decoding: bytes[place], as: UTF8.self)
            var aliases = head.split(separator: "=", omittingEmptySubsequences: false).dropLast().map(bare)
            // The `=` of a long one may stand on the next line.
            if !head.contains("="), !head.hasSuffix(",") { aliases.append(bare(Substring(head))) }
            return aliases
        }
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// A probe point's name without arguments, blanks and what follows it.
    private static func bare(_ text: Substring) -> String {
        var depth = 0
        var name = ""
        for character in text.unicodeScalars {
            switch character {
            case "(": depth += 1
            case ")": depth -= 1
            case " ", "\t", "+", "?", "!": continue
            default: if depth == 0 { name.unicodeScalars.append(character) }
            }
        }
        return name
    }
}
