/// A set of bytes.
struct ByteSet: Sendable, Equatable {
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    /// Every byte.
    static let all = ByteSet().inverted

    init() {}

    init(_ byte: UInt8) { insert(byte...byte) }

    /// The bytes of a POSIX class such as `alpha`, in the C locale; nil where there is no such class.
    init?(className: String) {
        let member: (UInt8) -> Bool
        switch className {
        case "alpha": member = \.isASCIILetter
        case "digit": member = \.isASCIIDigit
        case "alnum": member = { $0.isASCIILetter || $0.isASCIIDigit }
        case "upper": member = \.isASCIIUpper
        case "lower": member = \.isASCIILower
        case "xdigit": member = { $0.hexDigitValue != nil }
        case "space": member = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        case "blank": member = { $0 == 0x20 || $0 == 0x09 }
        case "cntrl": member = { $0 < 0x20 || $0 == 0x7F }
        case "print": member = { (0x20..<0x7F).contains($0) }
        case "graph": member = { (0x21..<0x7F).contains($0) }
        case "punct": member = { (0x21..<0x7F).contains($0) && !$0.isASCIILetter && !$0.isASCIIDigit }
        default: return nil
        }
        for byte in UInt8.min...UInt8.max where member(byte) { insert(byte...byte) }
    }

    func contains(_ byte: UInt8) -> Bool {
        let bit = UInt64(1) << UInt64(byte & 63)
        return switch byte >> 6 {
        case 0: words.0 & bit != 0
        case 1: words.1 & bit != 0
        case 2: words.2 & bit != 0
        default: words.3 & bit != 0
        }
    }

    mutating func insert(_ range: ClosedRange<UInt8>) {
        for byte in range {
            let bit = UInt64(1) << UInt64(byte & 63)
            switch byte >> 6 {
            case 0: words.0 |= bit
            case 1: words.1 |= bit
            case 2: words.2 |= bit
            default: words.3 |= bit
            }
        }
    }

    mutating func formUnion(_ other: ByteSet) {
        words.0 |= other.words.0
        words.1 |= other.words.1
        words.2 |= other.words.2
        words.3 |= other.words.3
    }

    var inverted: ByteSet {
        var result = self
        result.words = (~words.0, ~words.1, ~words.2, ~words.3)
        return result
    }

    static func == (left: ByteSet, right: ByteSet) -> Bool { left.words == right.words }
}
