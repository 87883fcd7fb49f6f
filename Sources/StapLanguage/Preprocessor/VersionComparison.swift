import Glibc

/// Comparisons of versions and patterns, as stap(1), PREPROCESSING names them.
enum VersionComparison {
    /// Orders versions as strverscmp(3) documents: runs of digits by their value, a run with leading zeros as
    /// what follows a decimal point. (Glibc's own is not visible to Swift.)
    static func order(_ left: String, _ right: String) -> Int {
        let a = Array(left.utf8)
        let b = Array(right.utf8)
        var difference = 0
        while difference < min(a.count, b.count), a[difference] == b[difference] { difference += 1 }
        if difference == a.count, difference == b.count { return 0 }
        var start = difference
        while start > 0, a[start - 1].isDigit { start -= 1 }
        let first = a[start...].prefix(while: \.isDigit)
        let second = b[start...].prefix(while: \.isDigit)
        guard !first.isEmpty, !second.isEmpty else {
            let left = difference < a.count ? Int(a[difference]) : -1
            let right = difference < b.count ? Int(b[difference]) : -1
            return left < right ? -1 : 1
        }
        let zeros = first.prefix { $0 == UInt8(ascii: "0") }.count
        let otherZeros = second.prefix { $0 == UInt8(ascii: "0") }.count
        if zeros != otherZeros { return zeros > otherZeros ? -1 : 1 }
        let fraction = first.dropFirst(zeros)
        let otherFraction = second.dropFirst(zeros)
        if zeros > 0, fraction.isEmpty || otherFraction.isEmpty { return fraction.isEmpty ? 1 : -1 }
        if zeros == 0, first.count != second.count { return first.count < second.count ? -1 : 1 }
        return fraction.lexicographicallyPrecedes(otherFraction) ? -1 : 1
    }

    /// Whether a text matches a pattern of `*`, `?` and `[…]`.
    static func matches(_ text: String, pattern: String) -> Bool {
        fnmatch(pattern, text, FNM_NOESCAPE) == 0
    }

    static func isPattern(_ text: String) -> Bool {
        text.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "[") }
    }

    /// Applies one of the six comparison operators to an order; nil if it is none of them.
    static func holds(_ order: Int, _ comparison: String) -> Bool? {
        switch comparison {
        case "<": order < 0
        case "<=": order <= 0
        case "==": order == 0
        case "!=": order != 0
        case ">": order > 0
        case ">=": order >= 0
        default: nil
        }
    }
}
