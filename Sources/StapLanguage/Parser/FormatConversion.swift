/// A conversion of a `printf` format as stap 4.8 reads it (stap(1), PRINTING): at most one of `# + -` and space, then
/// `0`, width, precision and `l`, in this order, which is stricter than C.
public struct FormatConversion: Sendable {
    /// What an argument has to be.
    public enum Argument: Sendable {
        case number, string
    }

    /// Where it stands in the format's bytes.
    var place: Range<Int>
    /// The conversion as it is written, such as `%-8s`.
    public var text: String
    /// The arguments that it takes: those of `*`, then the value.
    public var arguments: [Argument] = []
    /// Whether it has its letter; else it ends at what is wrong.
    var isSound: Bool

    /// The conversions of a format whose form the parser has checked, in their order.
    public static func all(in format: StringLiteral) -> [FormatConversion] {
        scan(format.bytes).filter(\.isSound)
    }

    /// Every conversion, malformed ones too; `%%` is none.
    static func scan(_ bytes: [UInt8]) -> [FormatConversion] {
        var found: [FormatConversion] = []
        var scanner = Scanner(bytes: bytes)
        while scanner.index < bytes.count {
            guard scanner.take("%") else {
                scanner.index += 1
                continue
            }
            if !scanner.take("%") { found.append(scanner.conversion()) }
        }
        return found
    }

    private struct Scanner {
        let bytes: [UInt8]
        var index = 0

        mutating func take(_ characters: String) -> Bool {
            guard index < bytes.count, characters.utf8.contains(bytes[index]) else { return false }
            index += 1
            return true
        }

        /// The conversion whose `%` was taken; `index` ends behind it, or at what is wrong.
        mutating func conversion() -> FormatConversion {
            let start = index - 1
            var arguments: [Argument] = []
            _ = take("#+- ")
            _ = take("0")
            number(&arguments)
            if take(".") { number(&arguments) }
            // `l` changes nothing; at the very end it stands alone.
            _ = take("l")
            let isSound = take("bcdiMmopsuxX")
            if isSound { arguments.append(bytes[index - 1] == UInt8(ascii: "s") ? .string : .number) }
            return FormatConversion(
                place: start..<index, text: String(decoding: bytes[start..<index], as: UTF8.self),
                arguments: arguments, isSound: isSound)
        }

        private mutating func number(_ arguments: inout [Argument]) {
            if take("*") { return arguments.append(.number) }
            while take("0123456789") {}
        }
    }
}
