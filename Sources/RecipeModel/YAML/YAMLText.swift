import Diagnostics

/// What a text must be before libyaml gets it.
///
/// libyaml follows YAML 1.1, where NEL, LS, PS and a lone CR end a line; nothing else in taprecipe sees
/// them so, and lines would be counted differently. They are refused, like whatever is not printable.
enum YAMLText {
    /// U+FEFF in UTF-8, which some editors put at the start of a file.
    static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    /// The largest recipe that is read, in bytes.
    static let sizeLimit = 1 << 20

    /// What makes it unfit, if anything.
    static func problem(in source: SourceFile) -> (RecipeProblem, SourceRange?)? {
        let bytes = source.bytes
        if bytes.count > sizeLimit { return (.fileTooLarge(source.name, limit: sizeLimit), nil) }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            return (.notUTF8, source.range(0, 2))
        }
        var offset = 0
        var iterator = bytes[...]
        while let byte = iterator.first {
            let length = scalarLength(iterator)
            guard length > 0 else { return (.notUTF8, source.range(offset, offset + 1)) }
            let character = source.range(offset, offset + length)
            switch byte {
            case 0x09, 0x0A: break
            case 0x0D:
                if iterator.dropFirst().first != 0x0A { return (.loneCarriageReturn, character) }
            case 0..<0x20, 0x7F: return (.controlCharacter(UInt32(byte)), character)
            case 0xC2 where iterator[offset + 1] < 0xA0:
                return (.controlCharacter(UInt32(iterator[offset + 1])), character)
            case 0xE2
            where bytes[offset + 1] == 0x80 && (bytes[offset + 2] == 0xA8 || bytes[offset + 2] == 0xA9):
                return (.controlCharacter(0x2000 + UInt32(bytes[offset + 2]) - 0x80), character)
            case 0xEF where length == 3 && offset > 0 && iterator.starts(with: byteOrderMark):
                return (.controlCharacter(0xFEFF), character)
            case 0xEF where bytes[offset + 1] == 0xBF && bytes[offset + 2] >= 0xBE:
                return (.controlCharacter(0xFFC0 + UInt32(bytes[offset + 2]) - 0x80), character)
            default: break
            }
            offset += length
            iterator = iterator.dropFirst(length)
        }
        return nil
    }

    /// The length of the UTF-8 sequence at the start, or 0 where it is none.
    private static func scalarLength(_ bytes: ArraySlice<UInt8>) -> Int {
        let start = bytes.startIndex
        let first = bytes[start]
        let (length, second): (Int, ClosedRange<UInt8>) =
            switch first {
            case 0x00..<0x80: (1, 0...0)
            case 0xC2..<0xE0: (2, 0x80...0xBF)
            case 0xE0: (3, 0xA0...0xBF)
            case 0xED: (3, 0x80...0x9F)
            case 0xE1..<0xF0: (3, 0x80...0xBF)
            case 0xF0: (4, 0x90...0xBF)
            case 0xF1..<0xF4: (4, 0x80...0xBF)
            case 0xF4: (4, 0x80...0x8F)
            default: (0, 0...0)
            }
        guard length <= bytes.count else { return 0 }
        if length > 1, !second.contains(bytes[start + 1]) { return 0 }
        for index in 2..<max(length, 2) where bytes[start + index] & 0xC0 != 0x80 { return 0 }
        return length
    }
}
