import Glibc

/// Bytes of the output, hashed and compared at memory speed and never decoded before they are shown.
struct ByteText: Sendable {
    /// The bytes; a slice of the chunk they came in until `compacted` copies them.
    var bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    init(_ text: String) { self.bytes = Array(text.utf8)[...] }

    /// A copy that does not keep the chunk alive that the bytes came in.
    var compacted: ByteText { ByteText(Array(bytes)[...]) }

    /// The text with invalid UTF-8 replaced by U+FFFD.
    var decoded: String { String(decoding: bytes, as: UTF8.self) }
}

extension ByteText: Hashable {
    static func == (left: ByteText, right: ByteText) -> Bool {
        guard left.bytes.count == right.bytes.count else { return false }
        return left.bytes.withUnsafeBytes { left in
            right.bytes.withUnsafeBytes { right in
                guard let first = left.baseAddress, let second = right.baseAddress else { return true }
                return memcmp(first, second, left.count) == 0
            }
        }
    }

    func hash(into hasher: inout Hasher) {
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}

extension UInt8 {
    /// Whether it is a space or a tab.
    var isBlank: Bool { self == 0x20 || self == 0x09 }

    /// Its value as a decimal digit.
    var decimalDigit: UInt8? { self >= 0x30 && self <= 0x39 ? self - 0x30 : nil }

    /// Its value as a hexadecimal digit.
    var hexDigit: UInt8? {
        switch self {
        case 0x30...0x39: self - 0x30
        case 0x61...0x66: self - 0x61 + 10
        case 0x41...0x46: self - 0x41 + 10
        default: nil
        }
    }
}

extension ArraySlice<UInt8> {
    /// Whether these bytes stand at an index.
    func has(_ literal: [UInt8], at index: Int) -> Bool {
        guard index >= startIndex, literal.count <= endIndex - index else { return false }
        for offset in 0..<literal.count where self[index + offset] != literal[offset] { return false }
        return true
    }

    /// The first index at or behind `index` that holds no blank.
    func skippingBlanks(from index: Int) -> Int {
        var index = index
        while index < endIndex, self[index].isBlank { index += 1 }
        return index
    }

    /// Without blanks at the end.
    var withoutTrailingBlanks: ArraySlice<UInt8> {
        var end = endIndex
        while end > startIndex, self[end - 1].isBlank { end -= 1 }
        return self[startIndex..<end]
    }

    /// The number in hexadecimal digits from an index, and the index behind them; nil where there are none or
    /// more than 64 bits.
    func hexNumber(from index: Int) -> (value: UInt64, end: Int)? {
        var value: UInt64 = 0
        var end = index
        while end < endIndex, let digit = self[end].hexDigit {
            guard value >> 60 == 0 else { return nil }
            value = value << 4 | UInt64(digit)
            end += 1
        }
        return end > index ? (value, end) : nil
    }

    /// The same behind a `0x`.
    func prefixedHexNumber(from index: Int) -> (value: UInt64, end: Int)? {
        guard endIndex - index > 2, self[index] == UInt8(ascii: "0"), self[index + 1] == UInt8(ascii: "x")
        else { return nil }
        return hexNumber(from: index + 2)
    }
}
