/// The one place where integers are read.
enum IntegerText {
    /// A decimal or `0x` hexadecimal integer, perhaps negative; nil where it is none or does not fit.
    ///
    /// With `allowsYAMLForms` also `+1` and `0o17`, which YAML takes for integers.
    static func parse(_ text: String, allowsYAMLForms: Bool = false) -> Int64? {
        var digits = Substring(text)
        let isNegative = digits.hasPrefix("-")
        if isNegative || (allowsYAMLForms && digits.hasPrefix("+")) { digits = digits.dropFirst() }
        var radix = 10
        if digits.hasPrefix("0x") || (allowsYAMLForms && digits.hasPrefix("0o")) {
            radix = digits.hasPrefix("0x") ? 16 : 8
            digits = digits.dropFirst(2)
        }
        guard let first = digits.utf8.first, first.hexDigitValue != nil,
            let magnitude = UInt64(digits, radix: radix)
        else { return nil }
        if isNegative {
            return magnitude <= UInt64(1) << 63 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil
        }
        return Int64(exactly: magnitude)
    }

    /// Whether the text has the form of an integer, however large.
    static func isInteger(_ text: String) -> Bool {
        var digits = Substring(text)
        if digits.hasPrefix("-") { digits = digits.dropFirst() }
        let isHex = digits.hasPrefix("0x")
        if isHex { digits = digits.dropFirst(2) }
        return !digits.isEmpty && digits.utf8.allSatisfy { isHex ? $0.hexDigitValue != nil : $0.isASCIIDigit }
    }
}
