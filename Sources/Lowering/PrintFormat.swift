/// A format of `printf` and its kin, taken apart: stap(1), PRINTING.
public struct PrintFormat: Sendable, Hashable {
    /// A part of it.
    public enum Piece: Sendable, Hashable {
        /// Bytes that are printed as they are.
        case text([UInt8])
        /// A conversion, which takes its arguments in order: those of `*`, then the value.
        case conversion(Conversion)
    }

    /// A conversion.
    public struct Conversion: Sendable, Hashable {
        /// What it prints.
        public enum Kind: UInt8, Sendable {
            /// `%b`: the value's bytes, as many as the width says.
            case binary
            /// `%c`: a character; 0 is printed too, as stap does.
            case character
            /// `%d`, `%i`.
            case signed
            /// `%m`: memory at the address, as many bytes as the precision says.
            case memory
            /// `%M`: the same in hexadecimal.
            case hexadecimalMemory
            /// `%o`.
            case octal
            /// `%p`: `0x` and hexadecimal.
            case pointer
            /// `%s`.
            case string
            /// `%u`.
            case unsigned
            /// `%x`.
            case hexadecimal
            /// `%X`.
            case capitalHexadecimal
        }

        /// A width or precision.
        public enum Extent: Sendable, Hashable {
            /// None is given.
            case none
            /// As many.
            case fixed(Int)
            /// As many as the next argument says.
            case argument
        }

        /// What it prints.
        public var kind: Kind
        /// `-`: at the left of its width.
        public var isLeft = false
        /// `+`: with a sign always.
        public var hasSign = false
        /// Space: with a space for the plus sign.
        public var hasSpace = false
        /// `#`: with `0x` or `0`.
        public var isAlternate = false
        /// `0`: zeros fill the width.
        public var fillsWithZeros = false
        /// The least bytes.
        public var width = Extent.none
        /// The least digits, or the most bytes of a string.
        public var precision = Extent.none

        /// Creates a plain conversion.
        public init(_ kind: Kind) { self.kind = kind }
    }

    /// The parts.
    public var pieces: [Piece]

    /// Creates a format.
    public init(_ pieces: [Piece] = []) { self.pieces = pieces }

    /// The types of the arguments that it takes.
    public var argumentTypes: [ValueType] {
        pieces.flatMap { piece -> [ValueType] in
            guard case .conversion(let conversion) = piece else { return [] }
            let extents = [conversion.width, conversion.precision].filter { $0 == .argument }
            return extents.map { _ in .integer } + [conversion.kind == .string ? .text : .integer]
        }
    }
}
