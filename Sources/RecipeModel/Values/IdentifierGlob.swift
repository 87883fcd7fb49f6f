/// A C identifier, or a glob (`*`, `?`, `[…]`) that matches such.
enum IdentifierGlob {
    static func isValid(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.first, !first.isASCIIDigit else { return false }
        var isInSet = false
        var setLength = 0
        var canNegate = false
        for byte in bytes {
            let isPart = byte.isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "_")
            if isInSet {
                if byte == UInt8(ascii: "]"), setLength > 0 {
                    isInSet = false
                } else if isPart || byte == UInt8(ascii: "-") {
                    setLength += 1
                } else if !canNegate || (byte != UInt8(ascii: "!") && byte != UInt8(ascii: "^")) {
                    return false
                }
                canNegate = false
            } else if byte == UInt8(ascii: "[") {
                isInSet = true
                setLength = 0
                canNegate = true
            } else if !isPart, byte != UInt8(ascii: "*"), byte != UInt8(ascii: "?") {
                return false
            }
        }
        return !isInSet
    }
}
