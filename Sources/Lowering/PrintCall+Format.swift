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
        var reader = FormatReader(bytes: literal.bytes)
        pieces = reader.pieces()
    }
}

/// Reads a format byte by byte.
private struct FormatReader {
    let bytes: [UInt8]
    private var index = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func pieces() -> [PrintFormat.Piece] {
        var pieces: [PrintFormat.Piece] = []
        var text: [UInt8] = []
        while index < bytes.count {
            let start = index
            guard take("%") else {
                text.append(bytes[index])
                index += 1
                continue
            }
            if take("%") {
                text.append(UInt8(ascii: "%"))
            } else if let conversion = conversion() {
                if !text.isEmpty { pieces.append(.text(text)) }
                text = []
                pieces.append(.conversion(conversion))
            } else {
                // A bare `%l` or `%.` at the very end is plain text.
                text += bytes[start..<index]
            }
        }
        if !text.isEmpty { pieces.append(.text(text)) }
        return pieces
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func conversion() -> PrintFormat.Conversion? {
        var conversion = PrintFormat.Conversion(.signed)
        if take("#") {
            conversion.isAlternate = true
        } else if take("+") {
            conversion.hasSign = true
        } else if take("-") {
            conversion.isLeft = true
        } else if take(" ") {
            conversion.hasSpace = true
        }
        if take("0") { conversion.fillsWithZeros = true }
        conversion.width = extent() ?? .none
        if take(".") { conversion.precision = extent() ?? .fixed(0) }
        _ = take("l")
        guard index < bytes.count, let kind = Self.kinds[bytes[index]] else { return nil }
        index += 1
        conversion.kind = kind
        return conversion
    }

    private mutating func extent() -> PrintFormat.Conversion.Extent? {
        if take("*") { return .argument }
        var value: Int?
        while index < bytes.count, case let digit = bytes[index] &- UInt8(ascii: "0"), digit < 10 {
            value = min((value ?? 0) * 10 + Int(digit), 1 << 20)
            index += 1
        }
        return value.map { .fixed($0) }
    }

    private static let kinds: [UInt8: PrintFormat.Conversion.Kind] = [
        UInt8(ascii: "b"): .binary, UInt8(ascii: "c"): .character, UInt8(ascii: "d"): .signed,
        UInt8(ascii: "i"): .signed, UInt8(ascii: "M"): .hexadecimalMemory, UInt8(ascii: "m"): .memory,
        UInt8(ascii: "o"): .octal, UInt8(ascii: "p"): .pointer, UInt8(ascii: "s"): .string,
        UInt8(ascii: "u"): .unsigned, UInt8(ascii: "x"): .hexadecimal,
        UInt8(ascii: "X"): .capitalHexadecimal,
    ]
}
