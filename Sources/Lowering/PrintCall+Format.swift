import StapLanguage

extension PrintCall {
    /// Whether it prints, rather than returning the text.
    var isOutput: Bool { !name.text.hasPrefix("s") }

    /// Whether it has a format of its own.
    var isFormatted: Bool { name.text.hasSuffix("printf") }

    /// The types that its format wants; nil where any will do.
    var formatTypes: [ValueType]? {
        if isFormatted { return format.map { PrintFormat($0).argumentTypes } }
        return name.text == "print_char" ? [.integer] : nil
    }

    /// The format that prints arguments of these types as the call does: stap(1), PRINTING.
    func printFormat(_ types: [ValueType]) -> PrintFormat {
        if isFormatted { return format.map { PrintFormat($0) } ?? PrintFormat() }
        if name.text == "print_char" { return PrintFormat([.conversion(.init(.character))]) }
        let base = name.text.hasPrefix("s") ? String(name.text.dropFirst()) : name.text
        var pieces: [PrintFormat.Piece] = []
        for (number, type) in types.enumerated() {
            if number > 0, let format { pieces.append(.text(format.bytes)) }
            pieces.append(.conversion(.init(type == .text ? .string : .signed)))
        }
        if base.hasSuffix("ln") { pieces.append(.text(Array("\n".utf8))) }
        return PrintFormat(pieces)
    }
}

extension PrintFormat {
    /// Takes a format apart, whose form the parser has checked.
    init(_ literal: StringLiteral) {
        self.init()
        for piece in FormatConversion.pieces(of: literal.bytes) {
            switch piece {
            case .text(let bytes): append(bytes)
            case .conversion(let written):
                guard let conversion = Conversion(written) else {
                    // A bare `%l` or `%.` at the very end is plain text.
                    append(Array(literal.bytes[written.place]))
                    continue
                }
                pieces.append(.conversion(conversion))
            }
        }
    }

    private mutating func append(_ bytes: [UInt8]) {
        guard case .text(let before)? = pieces.last else { return pieces.append(.text(bytes)) }
        pieces[pieces.count - 1] = .text(before + bytes)
    }
}

extension PrintFormat.Conversion {
    /// A conversion as it is written; nil where it has no letter.
    fileprivate init?(_ written: FormatConversion) {
        guard let kind = written.letter.flatMap({ Self.kinds[$0] }) else { return nil }
        self.init(kind)
        isAlternate = written.flag == UInt8(ascii: "#")
        hasSign = written.flag == UInt8(ascii: "+")
        isLeft = written.flag == UInt8(ascii: "-")
        hasSpace = written.flag == UInt8(ascii: " ")
        fillsWithZeros = written.fillsWithZeros
        width = Extent(written.width)
        precision = Extent(written.precision)
    }

    private static let kinds: [UInt8: Kind] = [
        UInt8(ascii: "b"): .binary, UInt8(ascii: "c"): .character, UInt8(ascii: "d"): .signed,
        UInt8(ascii: "i"): .signed, UInt8(ascii: "M"): .hexadecimalMemory, UInt8(ascii: "m"): .memory,
        UInt8(ascii: "o"): .octal, UInt8(ascii: "p"): .pointer, UInt8(ascii: "s"): .string,
        UInt8(ascii: "u"): .unsigned, UInt8(ascii: "x"): .hexadecimal,
        UInt8(ascii: "X"): .capitalHexadecimal,
    ]
}

extension PrintFormat.Conversion.Extent {
    fileprivate init(_ written: FormatConversion.Extent) {
        switch written {
        case .none: self = .none
        case .fixed(let count): self = .fixed(count)
        case .argument: self = .argument
        }
    }
}
