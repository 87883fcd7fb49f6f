extension String {
    /// Which end a search starts from.
    package enum SearchDirection { case forwards, backwards }

    /// The first (or last) occurrence of a text, compared byte for byte.
    package func range(of needle: String, _ direction: SearchDirection = .forwards) -> Range<String.Index>? {
        let bytes = utf8
        let wanted = Array(needle.utf8)
        guard !wanted.isEmpty, bytes.count >= wanted.count else { return nil }
        var starts = Array(bytes.indices.dropLast(wanted.count - 1))
        if direction == .backwards { starts.reverse() }
        for start in starts where bytes[start...].starts(with: wanted) {
            return start..<bytes.index(start, offsetBy: wanted.count)
        }
        return nil
    }

    /// The text between the first `start` and the next `end` after it.
    package func between(_ start: String, _ end: String) -> String? {
        guard let from = range(of: start) else { return nil }
        let rest = String(self[from.upperBound...])
        guard let to = rest.range(of: end) else { return nil }
        return String(rest[..<to.lowerBound])
    }

    /// The text with the first occurrence of another replaced.
    package func replacingFirst(_ other: String, with replacement: String) -> String {
        range(of: other).map { self[..<$0.lowerBound] + replacement + self[$0.upperBound...] } ?? self
    }

    /// The text behind the first `start`.
    package func after(_ start: String) -> String? {
        range(of: start).map { String(self[$0.upperBound...]) }
    }

    /// The number at the text's start, decimal or `0x` hexadecimal; one too great for us is the greatest.
    package var leadingNumber: UInt64? {
        if hasPrefix("0x") { return UInt64(dropFirst(2).prefix { $0.isHexDigit }, radix: 16) }
        let digits = prefix { $0.isASCII && $0.isNumber }
        return digits.isEmpty ? nil : UInt64(digits) ?? .max
    }
}
