/// Splits a text into literals and `{…}` placeholders; `{{` and `}}` stand for braces.
struct PlaceholderText {
    /// A part of the text.
    enum Part: Equatable {
        /// Text as it stands, doubled braces undone; never empty.
        case literal([UInt8])
        /// What stands between the braces, and where the whole placeholder stands.
        case placeholder(String, at: Range<Int>)
    }

    private let bytes: [UInt8]
    private var offset = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    /// The next part, or nil at the end.
    mutating func next() throws(RecordPatternError) -> Part? {
        var literal: [UInt8] = []
        while offset < bytes.count {
            let byte = bytes[offset]
            let isDoubled = offset + 1 < bytes.count && bytes[offset + 1] == byte
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "}"):
                if isDoubled {
                    literal.append(byte)
                    offset += 2
                } else if byte == UInt8(ascii: "}") {
                    throw RecordPatternError(.strayBrace, at: offset..<offset + 1)
                } else if !literal.isEmpty {
                    return .literal(literal)
                } else {
                    return try placeholder()
                }
            default:
                literal.append(byte)
                offset += 1
            }
        }
        return literal.isEmpty ? nil : .literal(literal)
    }

    private mutating func placeholder() throws(RecordPatternError) -> Part {
        let start = offset
        guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "}")),
            !bytes[(start + 1)..<end].contains(UInt8(ascii: "{"))
        else { throw RecordPatternError(.unclosedBrace, at: start..<start + 1) }
        offset = end + 1
        return .placeholder(String(decoding: bytes[(start + 1)..<end], as: UTF8.self), at: start..<offset)
    }
}
