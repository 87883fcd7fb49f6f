public import Lowering

/// Prints by a format, as stap's runtime does (vsprintf.c): flags, widths and precisions byte for byte.
///
/// It needs only the arguments, so that a handler in the kernel can send those alone. An argument of `%m` or `%M` is
/// a text: the memory that was read at the address. The bytes go to the end of a buffer that the caller keeps.
public struct FormatRenderer: Sendable {
    /// Where it prints to, which bounds it.
    public enum Destination: Sendable {
        /// The output, through stap's print buffer.
        case output
        /// A string of `sprintf`, with a byte less than MAXSTRINGLEN.
        case string(stringLength: Int)

        /// The greatest width and precision.
        fileprivate var widest: Int {
            switch self {
            case .output: RuntimeLimits.printBuffer
            case .string(let length): length
            }
        }

        /// The most bytes.
        fileprivate var limit: Int {
            switch self {
            case .output: RuntimeLimits.printBuffer
            case .string(let length): max(length, 1) - 1
            }
        }
    }

    private let pieces: [PrintFormat.Piece]

    /// Prepares a format.
    public init(_ format: PrintFormat) { pieces = format.pieces }

    /// Prints.
    ///
    /// There are as many arguments as ``PrintFormat/argumentTypes`` says, of those types. What is beyond the
    /// destination's size is cut off.
    public func render(
        _ arguments: [Value], into buffer: inout [UInt8], for destination: Destination = .output
    ) {
        let start = buffer.count
        let (widest, limit) = (destination.widest, destination.limit)
        var next = 0
        for piece in pieces {
            switch piece {
            case .text(let bytes): buffer.append(contentsOf: bytes)
            case .conversion(let conversion):
                var layout = Layout(conversion)
                if let width = Self.extent(conversion.width, arguments, &next) {
                    if width < 0 { layout.isLeft = true }
                    layout.width = Int(width.magnitude).clamped(to: 0...widest)
                }
                if let precision = Self.extent(conversion.precision, arguments, &next) {
                    layout.precision = precision.clamped(to: 0...widest)
                }
                layout.append(arguments[next], conversion.kind, to: &buffer)
                next += 1
            }
        }
        if buffer.count - start > limit { buffer.removeLast(buffer.count - start - limit) }
    }

    /// A width or precision; stap's are 32-bit integers.
    private static func extent(
        _ extent: PrintFormat.Conversion.Extent, _ arguments: [Value], _ next: inout Int
    ) -> Int? {
        switch extent {
        case .none: return nil
        case .fixed(let count): return count
        case .argument:
            next += 1
            return Int(Int32(truncatingIfNeeded: arguments[next - 1].integer))
        }
    }
}

/// How one value is laid out.
private struct Layout {
    var isLeft: Bool
    let hasSign: Bool
    let hasSpace: Bool
    let isAlternate: Bool
    let fillsWithZeros: Bool
    var width: Int?
    var precision: Int?

    init(_ conversion: PrintFormat.Conversion) {
        isLeft = conversion.isLeft
        hasSign = conversion.hasSign
        hasSpace = conversion.hasSpace
        isAlternate = conversion.isAlternate
        fillsWithZeros = conversion.fillsWithZeros
    }

    func append(_ value: Value, _ kind: PrintFormat.Conversion.Kind, to buffer: inout [UInt8]) {
        switch kind {
        case .string: appendMemory(value.text.prefix(precision ?? .max), to: &buffer)
        case .memory: appendMemory(memory(value), to: &buffer)
        case .hexadecimalMemory:
            appendMemory(
                memory(value).flatMap { [Self.digits[Int($0 >> 4)], Self.digits[Int($0 & 15)]] }[...],
                to: &buffer)
        case .character: appendCharacter(UInt8(truncatingIfNeeded: value.integer), to: &buffer)
        case .binary: appendBinary(value.integer, to: &buffer)
        case .signed:
            let sign: UInt8? =
                value.integer < 0
                ? UInt8(ascii: "-") : hasSign ? UInt8(ascii: "+") : hasSpace ? UInt8(ascii: " ") : nil
            appendNumber(value.integer.magnitude, base: 10, sign: sign, prefix: [], Self.digits, to: &buffer)
        case .unsigned: appendUnsigned(value, base: 10, prefix: [], Self.digits, to: &buffer)
        case .octal:
            appendUnsigned(value, base: 8, prefix: isAlternate ? Self.octal : [], Self.digits, to: &buffer)
        case .hexadecimal:
            appendUnsigned(
                value, base: 16, prefix: isAlternate ? Self.hexadecimal : [], Self.digits, to: &buffer)
        case .capitalHexadecimal:
            appendUnsigned(
                value, base: 16, prefix: isAlternate ? Self.capitalHexadecimal : [], Self.capitals,
                to: &buffer)
        case .pointer: appendUnsigned(value, base: 16, prefix: Self.hexadecimal, Self.digits, to: &buffer)
        }
    }

    private static let digits = Array("0123456789abcdef".utf8)
    private static let capitals = Array("0123456789ABCDEF".utf8)
    private static let octal = Array("0".utf8)
    private static let hexadecimal = Array("0x".utf8)
    private static let capitalHexadecimal = Array("0X".utf8)

    private func memory(_ value: Value) -> ArraySlice<UInt8> {
        // Without a precision, one byte.
        value.text.prefix(max(precision ?? 1, 1))
    }

    /// Text and memory; stap ends what the flag `0` is given for with a zero.
    private func appendMemory(_ bytes: ArraySlice<UInt8>, to buffer: inout [UInt8]) {
        let padding = max(0, (width ?? 0) - bytes.count)
        if !isLeft { buffer.append(contentsOf: repeatElement(UInt8(ascii: " "), count: padding)) }
        buffer.append(contentsOf: bytes)
        if isLeft { buffer.append(contentsOf: repeatElement(UInt8(ascii: " "), count: padding)) }
        if fillsWithZeros { buffer.append(0) }
    }

    /// A character; with `#`, as C would write what is not printable.
    private func appendCharacter(_ character: UInt8, to buffer: inout [UInt8]) {
        let bytes = isAlternate ? character.quotedAsCharacter : [character]
        let padding = max(0, (width ?? 0) - bytes.count)
        if !isLeft { buffer.append(contentsOf: repeatElement(UInt8(ascii: " "), count: padding)) }
        buffer.append(contentsOf: bytes)
        if isLeft { buffer.append(contentsOf: repeatElement(UInt8(ascii: " "), count: padding)) }
    }

    /// A value's bytes, the lowest first; the width or the precision says how many.
    private func appendBinary(_ value: Int64, to buffer: inout [UInt8]) {
        func size(_ count: Int?) -> Int? { count.flatMap { [1, 2, 4, 8].contains($0) ? $0 : nil } }
        let precision = size(precision) ?? size(width) ?? 8
        let padding = max(0, (width ?? precision) - precision)
        if !isLeft { buffer.append(contentsOf: repeatElement(0, count: padding)) }
        withUnsafeBytes(of: value.littleEndian) { buffer.append(contentsOf: $0.prefix(precision)) }
        if isLeft { buffer.append(contentsOf: repeatElement(0, count: padding)) }
    }

    private func appendUnsigned(
        _ value: Value, base: UInt64, prefix: [UInt8], _ digits: [UInt8], to buffer: inout [UInt8]
    ) {
        appendNumber(
            UInt64(bitPattern: value.integer), base: base, sign: nil, prefix: prefix, digits, to: &buffer)
    }

    private func appendNumber(
        _ magnitude: UInt64, base: UInt64, sign: UInt8?, prefix: [UInt8], _ digits: [UInt8],
        to buffer: inout [UInt8]
    ) {
        // The digits of a 64-bit number in base 8 are at most 22.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 22) { reversed in
            var count = 0
            var rest = magnitude
            repeat {
                let (quotient, digit) = rest.quotientAndRemainder(dividingBy: base)
                reversed.initializeElement(at: count, to: digits[Int(digit)])
                count += 1
                rest = quotient
            } while rest != 0
            let leading = max(0, (precision ?? 0) - count)
            let padding = max(0, (width ?? 0) - (sign == nil ? 0 : 1) - prefix.count - leading - count)
            let padsWithZeros = fillsWithZeros && !isLeft
            if !isLeft, !padsWithZeros {
                buffer.append(contentsOf: repeatElement(UInt8(ascii: " "), count: padding))
            }
            if let sign { buffer.append(sign) }
            buffer.append(contentsOf: prefix)
            let zeros = leading + (padsWithZeros ? padding : 0)
            if zeros > 0 { buffer.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: zeros)) }
            for index in stride(from: count - 1, through: 0, by: -1) { buffer.append(reversed[index]) }
            if isLeft { buffer.append(contentsOf: repeatElement(UInt8(ascii: " "), count: padding)) }
        }
    }
}
