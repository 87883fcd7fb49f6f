import Diagnostics

/// Checks the conversions of a `printf` format as stap 4.8 reads them: at most one of `# + -` and space, then
/// `0`, width, precision and `l`, in this order, which is stricter than C.
enum FormatScanner {
    /// The first malformed conversion and its place in the literal.
    static func firstError(in format: StringLiteral) -> (SyntaxError, SourceRange)? {
        let bytes = format.bytes
        var index = 0
        while index < bytes.count {
            guard bytes[index] == UInt8(ascii: "%") else {
                index += 1
                continue
            }
            let start = index
            index += 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "%") {
                index += 1
                continue
            }
            var scanner = Conversion(bytes: bytes, index: index)
            let isSound = scanner.scan()
            index = scanner.index
            if isSound { continue }
            // stap takes a bare `%l` or `%.` at the very end for plain text.
            if index == bytes.count, index == start + 2,
                bytes[start + 1] == UInt8(ascii: "l") || bytes[start + 1] == UInt8(ascii: ".")
            {
                continue
            }
            let text = String(decoding: bytes[start..<min(index + 1, bytes.count)], as: UTF8.self)
            let range = place(of: start..<min(index + 1, bytes.count), in: format)
            if index < bytes.count || start + 1 == bytes.count { return (.invalidConversion(text), range) }
            return (.incompleteConversion(text), range)
        }
        return nil
    }

    /// Where some of the bytes stand: exactly if the literal has no escapes and one part, else all of it.
    private static func place(of part: Range<Int>, in format: StringLiteral) -> SourceRange {
        guard format.range.upper - format.range.lower == format.bytes.count + 2 else { return format.range }
        return format.range.source.range(
            format.range.lower + 1 + part.lowerBound, format.range.lower + 1 + part.upperBound)
    }

    private struct Conversion {
        let bytes: [UInt8]
        var index: Int

        private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

        private mutating func take(_ characters: String) -> Bool {
            guard let current, characters.utf8.contains(current) else { return false }
            index += 1
            return true
        }

        /// Whether a conversion is here; `index` ends behind it, or at what is wrong.
        mutating func scan() -> Bool {
            _ = take("#+- ")
            _ = take("0")
            if !take("*") { while take("0123456789") {} }
            if take("."), !take("*") { while take("0123456789") {} }
            // `l` changes nothing; at the very end it stands alone.
            _ = take("l")
            return take("bcdiMmopsuxX")
        }
    }
}
