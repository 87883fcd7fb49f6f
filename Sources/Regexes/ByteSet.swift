/// A set of bytes.
public struct ByteSet: Sendable, Equatable {
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    /// Every byte.
    public static let all = ByteSet().inverted

    /// The empty set.
    public init() {}

    /// One byte.
    public init(_ byte: UInt8) { insert(byte...byte) }

    /// The bytes of a POSIX class such as `alpha`, in the C locale; nil where there is no such class.
    public init?(className: String) {
        let isDigit: (UInt8) -> Bool = { (0x30...0x39).contains($0) }
        let isUpper: (UInt8) -> Bool = { (0x41...0x5A).contains($0) }
        let isLower: (UInt8) -> Bool = { (0x61...0x7A).contains($0) }
        let isLetter: (UInt8) -> Bool = { isUpper($0) || isLower($0) }
        let member: (UInt8) -> Bool
        switch className {
        case "alpha": member = isLetter
        case "digit": member = isDigit
        case "alnum": member = { isLetter($0) || isDigit($0) }
        case "upper": member = isUpper
        case "lower": member = isLower
        case "xdigit": member = { isDigit($0) || (0x61...0x66).contains($0 | 0x20) }
        case "space": member = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        case "blank": member = { $0 == 0x20 || $0 == 0x09 }
        case "cntrl": member = { $0 < 0x20 || $0 == 0x7F }
        case "print": member = { (0x20..<0x7F).contains($0) }
        case "graph": member = { (0x21..<0x7F).contains($0) }
        case "punct": member = { (0x21..<0x7F).contains($0) && !isLetter($0) && !isDigit($0) }
        default: return nil
        }
        for byte in UInt8.min...UInt8.max where member(byte) { insert(byte...byte) }
    }

    /// Whether it holds a byte.
    public func contains(_ byte: UInt8) -> Bool {
        let bit = UInt64(1) << UInt64(byte & 63)
        return switch byte >> 6 {
        case 0: words.0 & bit != 0
        case 1: words.1 & bit != 0
        case 2: words.2 & bit != 0
        default: words.3 & bit != 0
        }
    }

    /// Adds bytes.
    public mutating func insert(_ range: ClosedRange<UInt8>) {
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

    /// Adds those of another set.
    public mutating func formUnion(_ other: ByteSet) {
        words.0 |= other.words.0
        words.1 |= other.words.1
        words.2 |= other.words.2
        words.3 |= other.words.3
    }

    /// All other bytes.
    public var inverted: ByteSet {
        var result = self
        result.words = (~words.0, ~words.1, ~words.2, ~words.3)
        return result
    }

    /// Whether both hold the same bytes.
    public static func == (left: ByteSet, right: ByteSet) -> Bool { left.words == right.words }
}
