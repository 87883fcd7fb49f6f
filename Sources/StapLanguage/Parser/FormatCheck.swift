import Diagnostics

/// Checks the conversions of a `printf` format.
enum FormatCheck {
    /// The first malformed conversion and its place in the literal.
    static func firstError(in format: StringLiteral) -> (SyntaxError, SourceRange)? {
        let bytes = format.bytes
        for conversion in FormatConversion.scan(bytes) where !conversion.isSound {
            let (start, end) = (conversion.place.lowerBound, conversion.place.upperBound)
            // stap takes a bare `%l` or `%.` at the very end for plain text.
            if end == bytes.count, end == start + 2, "l.".utf8.contains(bytes[start + 1]) { continue }
            let place = start..<min(end + 1, bytes.count)
            let text = String(decoding: bytes[place], as: UTF8.self)
            let isWhole = end < bytes.count || start + 1 == bytes.count
            return (
                isWhole ? .invalidConversion(text) : .incompleteConversion(text),
                self.place(of: place, in: format)
            )
        }
        return nil
    }

    /// Where some of the bytes stand: exactly if the literal has no escapes and one part, else all of it.
    private static func place(of part: Range<Int>, in format: StringLiteral) -> SourceRange {
        guard format.range.upper - format.range.lower == format.bytes.count + 2 else { return format.range }
        return format.range.source.range(
            format.range.lower + 1 + part.lowerBound, format.range.lower + 1 + part.upperBound)
    }
}
