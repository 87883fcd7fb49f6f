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
    /// Names of probe aliases, without their components' arguments.
    var aliases: [String] = []
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
            let list = Self.text(buffer, cursor) { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: ";") }
            for part in list.split(separator: ",") {
                let name = part.utf8.drop { Self.isBlank($0) }.prefix { Self.isNamePart($0) }
                if !name.isEmpty { globals.append(Self.hash(name)) }
            }
        } else if skip("probe") {
            let head = Self.text(buffer, cursor) { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "{") }
            for part in head.split(separator: "=", omittingEmptySubsequences: false).dropLast() {
                aliases.append(Self.bare(part))
            }
            // The `=` of a long one may stand on the next line.
            if !head.contains("="), !head.hasSuffix(",") { aliases.append(Self.bare(Substring(head))) }
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

    private static func text(
        _ buffer: UnsafeBufferPointer<UInt8>, _ start: Int, until stop: (UInt8) -> Bool
    ) -> String {
        var end = start
        while end < buffer.count, !stop(buffer[end]) { end += 1 }
        return String(decoding: buffer[start..<end], as: UTF8.self)
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
