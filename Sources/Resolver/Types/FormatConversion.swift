import StapLanguage

/// What one conversion of a `printf` format takes: stap(1), PRINTING.
struct FormatConversion {
    /// The conversion as it is written, such as `%-8s`.
    let text: String
    /// The arguments that it takes: those of `*`, then the value.
    let wanted: [ValueType]

    /// The conversions of a format, whose form the parser has checked.
    static func all(in format: StringLiteral) -> [FormatConversion] {
        let bytes = format.bytes
        var found: [FormatConversion] = []
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
            var wanted: [ValueType] = []
            while index < bytes.count, "#+- 0123456789.*l".utf8.contains(bytes[index]) {
                if bytes[index] == UInt8(ascii: "*") { wanted.append(.long) }
                index += 1
            }
            guard index < bytes.count else { break }
            wanted.append(bytes[index] == UInt8(ascii: "s") ? .string : .long)
            index += 1
            found.append(
                FormatConversion(text: String(decoding: bytes[start..<index], as: UTF8.self), wanted: wanted))
        }
        return found
    }
}
