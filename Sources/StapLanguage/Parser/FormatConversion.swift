/// A conversion of a `printf` format as stap 4.8 reads it (stap(1), PRINTING): at most one of `# + -` and space, then
/// `0`, width, precision and `l`, in this order, which is stricter than C.
public struct FormatConversion: Sendable {
    /// What an argument has to be.
    public enum Argument: Sendable {
        case number, string
    }

    /// A width or precision.
    public enum Extent: Sendable, Hashable {
        /// None is given.
        case none
        /// As many; a precision without digits is 0.
        case fixed(Int)
        /// As many as the next argument says.
        case argument
    }

    /// A part of a format.
    public enum Piece: Sendable {
        /// Bytes that are printed as they are; `%%` has become `%`.
        case text([UInt8])
        /// A conversion, malformed ones too.
        case conversion(FormatConversion)
    }

    /// Where it stands in the format's bytes.
    public var place: Range<Int>
    /// The conversion as it is written, such as `%-8s`.
    public var text: String
    /// `#`, `+`, `-` or space, as ASCII.
    public var flag: UInt8?
    /// Whether zeros fill the width.
    public var fillsWithZeros = false
    /// The least bytes.
    public var width = Extent.none
    /// The least digits, or the most bytes of a string.
    public var precision = Extent.none
    /// Its letter, as ASCII; nil where it has none and ends at what is wrong.
    public var letter: UInt8?

    /// Whether it has its letter.
    var isSound: Bool { letter != nil }

    /// The arguments that it takes: those of `*`, then the value.
    public var arguments: [Argument] {
        guard let letter else { return [] }
        return [width, precision].filter { $0 == .argument }.map { _ in .number }
            + [letter == UInt8(ascii: "s") ? .string : .number]
    }

    /// The conversions of a format whose form the parser has checked, in their order.
    public static func all(in format: StringLiteral) -> [FormatConversion] {
        scan(format.bytes).filter(\.isSound)
    }

    /// Every conversion, malformed ones too; `%%` is none.
    static func scan(_ bytes: [UInt8]) -> [FormatConversion] {
        pieces(of: bytes).compactMap { if case .conversion(let conversion) = $0 { conversion } else { nil } }
    }

    /// A format taken apart.
    public static func pieces(of bytes: [UInt8]) -> [Piece] {
        var pieces: [Piece] = []
        var text: [UInt8] = []
        var scanner = Scanner(bytes: bytes)
        while scanner.index < bytes.count {
            let isPercent = scanner.take("%")
            if !isPercent || scanner.take("%") {
                if !isPercent { scanner.index += 1 }
                text.append(bytes[scanner.index - 1])
                continue
            }
            if !text.isEmpty { pieces.append(.text(text)) }
            text = []
            pieces.append(.conversion(scanner.conversion()))
        }
        if !text.isEmpty { pieces.append(.text(text)) }
        return pieces
    }

    private struct Scanner {
        let bytes: [UInt8]
        var index = 0

        mutating func take(_ characters: String) -> Bool { taken(characters) != nil }

        /// The next byte, where it is one of these.
        private mutating func taken(_ characters: String) -> UInt8? {
            guard index < bytes.count, characters.utf8.contains(bytes[index]) else { return nil }
            index += 1
            return bytes[index - 1]
        }

        /// The conversion whose `%` was taken; `index` ends behind it, or at what is wrong.
        mutating func conversion() -> FormatConversion {
            let start = index - 1
            var conversion = FormatConversion(place: start..<start, text: "")
            conversion.flag = taken("#+- ")
            conversion.fillsWithZeros = take("0")
            conversion.width = extent() ?? .none
            if take(".") { conversion.precision = extent() ?? .fixed(0) }
            // `l` changes nothing; at the very end it stands alone.
            _ = take("l")
            conversion.letter = taken("bcdiMmopsuxX")
            conversion.place = start..<index
            conversion.text = String(decoding: bytes[start..<index], as: UTF8.self)
            return conversion
        }

        private mutating func extent() -> Extent? {
            if take("*") { return .argument }
            var value: Int?
            while let digit = taken("0123456789") {
                value = min((value ?? 0) * 10 + Int(digit - UInt8(ascii: "0")), 1 << 20)
            }
            return value.map { .fixed($0) }
        }
    }
}
