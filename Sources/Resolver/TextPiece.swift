/// A part of the text that `$x$`, `$$vars` and their kin stand for.
public enum TextPiece: Sendable, Equatable, Codable {
    /// These characters.
    case literal(String)
    /// A value, printed so.
    case value(TypedLoad, Conversion)
    /// These parts, or `ERROR` where something in them cannot be read.
    case guarded([TextPiece])

    /// How a value is printed.
    public enum Conversion: String, Sendable, Equatable, Codable {
        /// A signed number.
        case signed = "%i"
        /// An unsigned number.
        case unsigned = "%u"
        /// A number in hexadecimal with `0x`, as `%#x` prints it: 0 without.
        case hexadecimal = "%#x"
        /// An address.
        case pointer = "%p"
        /// A character, escaped where it cannot be printed.
        case character = "%#c"
        /// The string that a pointer points to, in quotes; the pointer where there is none.
        case string = "%s"
    }

    /// The pieces as the format that stap makes of them.
    static func format(_ pieces: [TextPiece]) -> String {
        pieces.map { piece in
            switch piece {
            case .literal(let text): text
            case .value(_, let conversion): conversion.rawValue
            case .guarded(let inner): format(inner)
            }
        }.joined()
    }
}

extension TypedLoad.Value {
    /// The format of a text, as stap makes it; nil for what is not one.
    public var format: String? {
        if case .text(let pieces) = self { TextPiece.format(pieces) } else { nil }
    }
}
