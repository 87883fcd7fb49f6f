import BPF
import Diagnostics
import Lowering

/// How a value is laid out by ``SharedFunction/number`` and ``SharedFunction/field``, in the order of bits.
enum FormatFlag {
    static let isLeft: Int32 = 1
    /// `+` before what is not below 0.
    static let hasSign: Int32 = 2
    /// A space before what is not below 0.
    static let hasSpace: Int32 = 4
    /// Zeros fill the width; behind a text stands a zero.
    static let fillsWithZeros: Int32 = 8
    static let isSigned: Int32 = 16
    /// A to F, and X.
    static let isCapital: Int32 = 32
    /// `0` before it.
    static let marksOctal: Int32 = 64
    /// `0x` before it.
    static let marksHexadecimal: Int32 = 128
    /// A text has a precision: the most bytes of it.
    static let hasPrecision: Int32 = 256
}

/// `sprintf`, with all that stap's formats know.
///
/// What comes out is the interpreter's `FormatRenderer`, byte for byte.
extension HandlerCompiler {
    /// What a format's conversion works with.
    private enum Layout {
        /// The number, or the character.
        static let value = 0
        /// ``FormatFlag``.
        static let flags = 1
        static let width = 2
        /// 0 without.
        static let precision = 3
        static let base = 4
        /// Bytes before a number, the first lowest, and how many; of a text, how many bytes.
        static let prefix = 5
        static let length = 6
        /// Where the digits begin.
        static let firstDigit = 7
        static let zeros = 8
        static let padding = 9
        /// Room for digits.
        static let digits = 10
    }

    /// The most digits, those of 64 bits in base 8.
    private static let digitCount = 22

    // MARK: - At a call

    /// A text of conversions.
    func format(_ format: PrintFormat, _ arguments: [Term], at range: SourceRange) -> TextPlace {
        let result = scratch.text()
        var rest = arguments[...]
        var writers: [() -> Void] = []
        var mayHoldZero = false
        /// Where the next argument is, once it has been evaluated.
        func next() -> Int {
            guard let term = rest.popFirst() else { return 0 }
            if term.type == .text { return placed(own(term)) }
            emit(term)
            return keep()
        }
        func extent(_ extent: PrintFormat.Conversion.Extent) -> Extent {
            switch extent {
            case .none: .constant(0)
            case .fixed(let count): .constant(Int32(clamping: count))
            case .argument: .place(next())
            }
        }
        for piece in format.pieces {
            switch piece {
            case .text(let bytes): writers.append { self.append(.literal(bytes), to: result) }
            case .conversion(let conversion):
                let width = extent(conversion.width)
                let precision = extent(conversion.precision)
                let value = next()
                switch conversion.kind {
                case .string where conversion == PrintFormat.Conversion(.string):
                    writers.append { self.append(.place(value), to: result) }
                case .memory, .hexadecimalMemory: report(.conversion, at: range)
                default:
                    mayHoldZero = mayHoldZero || conversion.mayWriteZero
                    writers.append {
                        self.append(value, conversion, width: width, precision: precision, to: result)
                    }
                }
            }
        }
        clear(result, .text)
        for write in writers { write() }
        if mayHoldZero { call(.endAtZero, result) }
        return .place(result)
    }

    /// A width or precision.
    private enum Extent {
        case constant(Int32)
        case place(Int)
    }

    private func put(_ extent: Extent, work index: Int) {
        switch extent {
        case .constant(let value): put(value, work: index)
        case .place(let place): put(place: place, work: index)
        }
    }

    private func append(
        _ value: Int, _ conversion: PrintFormat.Conversion, width: Extent, precision: Extent, to result: Int
    ) {
        var flags = conversion.flags
        switch conversion.kind {
        case .string:
            put(flags, work: Layout.flags)
            put(width, work: Layout.width)
            put(precision, work: Layout.precision)
            call(.field, result, value)
        case .character:
            let text = scratch.text()
            put(place: value, work: Layout.value)
            if conversion.isAlternate {
                call(.character, text)
            } else {
                address(.r1, text)
                code.store(.byte, .r1, 8, .r0)
                code.store(.double, .r1, 0, constant: 1)
            }
            // Neither zeros nor a precision mean anything to a character.
            flags &= FormatFlag.isLeft
            put(flags, work: Layout.flags)
            put(width, work: Layout.width)
            call(.field, result, text)
        case .binary: appendBinary(value, conversion, width: width, precision: precision, to: result)
        default:
            put(place: value, work: Layout.value)
            put(flags, work: Layout.flags)
            put(width, work: Layout.width)
            put(precision, work: Layout.precision)
            put(conversion.base, work: Layout.base)
            call(.number, result)
        }
    }

    /// Has ``SharedFunction/number`` write the address in a register.
    func putAddress(_ register: Register) {
        put(register, work: Layout.value)
        put(FormatFlag.marksHexadecimal, work: Layout.flags)
        put(0, work: Layout.width)
        put(0, work: Layout.precision)
        put(16, work: Layout.base)
    }

    /// `%b`: as many bytes of the value as the precision or the width says, the lowest first. A string ends at a zero,
    /// so those that would fill a width are one before the bytes, and none behind them.
    private func appendBinary(
        _ value: Int, _ conversion: PrintFormat.Conversion, width: Extent, precision: Extent, to result: Int
    ) {
        let (isKnown, isFull) = (code.label(), code.label())
        let bytes = scratch.text()
        address(.r7, bytes)
        code.load(.double, .r0, .r9, value)
        code.store(.double, .r7, 8, .r0)
        for (extent, isWidth) in [(precision, false), (width, true)] {
            put(extent, work: Layout.width)
            take(.r0, work: Layout.width)
            signExtend(.r0)
            if isWidth {
                let isPositive = code.label()
                code.jump(to: isPositive, if: .r0, .signedGreaterOrEqual, 0)
                code.compute(.negate, .r0, 0)
                code.place(isPositive)
            }
            for size in [1, 2, 4, 8] as [Int32] { code.jump(to: isKnown, if: .r0, .equal, size) }
        }
        code.move(.r0, 8)
        code.place(isKnown)
        code.store(.double, .r7, 0, .r0)
        if !conversion.isLeft {
            put(width, work: Layout.width)
            take(.r1, work: Layout.width)
            signExtend(.r1)
            code.load(.double, .r0, .r7, 0)
            code.jump(to: isFull, if: .r1, .signedLessOrEqual, .r0)
            append(.literal([0]), to: result)
            code.place(isFull)
        }
        append(.place(bytes), to: result)
    }

    /// Widths and precisions are of 32 bits.
    private func signExtend(_ register: Register) {
        code.compute(.shiftLeft, register, 32)
        code.compute(.arithmeticShiftRight, register, 32)
    }

    // MARK: - Shared

    /// Makes width and precision what they mean: below 0, a width is on the left side and a precision is none.
    private func boundExtents() {
        let widest = Int32(scratch.textCapacity + 1)
        let (isPositive, isBounded) = (code.label(), code.label())
        take(.r1, work: Layout.width)
        signExtend(.r1)
        code.jump(to: isPositive, if: .r1, .signedGreaterOrEqual, 0)
        code.compute(.negate, .r1, 0)
        take(.r2, work: Layout.flags)
        code.compute(.or, .r2, FormatFlag.isLeft)
        put(.r2, work: Layout.flags)
        code.place(isPositive)
        code.jump(to: isBounded, if: .r1, .lessOrEqual, widest)
        code.move(.r1, Int64(widest))
        code.place(isBounded)
        put(.r1, work: Layout.width)
        let (isNotBelow, isPrecise) = (code.label(), code.label())
        take(.r1, work: Layout.precision)
        signExtend(.r1)
        code.jump(to: isNotBelow, if: .r1, .signedGreaterOrEqual, 0)
        code.move(.r1, 0)
        code.place(isNotBelow)
        code.jump(to: isPrecise, if: .r1, .lessOrEqual, widest)
        code.move(.r1, Int64(widest))
        code.place(isPrecise)
        put(.r1, work: Layout.precision)
    }

    /// Appends a byte as often as a value that shared functions work with says.
    private func fill(_ byte: Unicode.Scalar, work index: Int) {
        take(.r2, work: index)
        constant([UInt8](repeating: UInt8(ascii: byte), count: scratch.textCapacity))
        appendBytes(to: .r6)
    }

    /// r1 = the flags, where one of some is set; else goes to a label.
    private func require(_ flags: Int32, or none: Assembler.Label) {
        take(.r1, work: Layout.flags)
        code.move(.r2, .r1)
        code.compute(.and, .r2, flags)
        code.jump(to: none, if: .r2, .equal, 0)
    }

    /// A register = what is left of it without another, or 0.
    private func subtract(_ register: Register, _ other: Register) {
        let isPositive = code.label()
        code.compute(.subtract, register, other)
        code.jump(to: isPositive, if: register, .signedGreaterOrEqual, 0)
        code.move(register, 0)
        code.place(isPositive)
    }

    func writeNumber() {
        boundExtents()
        choosePrefix()
        writeDigits()
        code.move(.r1, Int64(Self.digitCount))
        take(.r2, work: Layout.firstDigit)
        code.compute(.subtract, .r1, .r2)
        take(.r2, work: Layout.precision)
        subtract(.r2, .r1)
        put(.r2, work: Layout.zeros)
        code.compute(.add, .r1, .r2)
        take(.r2, work: Layout.length)
        code.compute(.add, .r1, .r2)
        take(.r2, work: Layout.width)
        subtract(.r2, .r1)
        put(.r2, work: Layout.padding)
        let (isRight, isPadded, isFilled) = (code.label(), code.label(), code.label())
        require(FormatFlag.isLeft, or: isRight)
        code.jump(to: isPadded)
        code.place(isRight)
        let hasBlanks = code.label()
        require(FormatFlag.fillsWithZeros, or: hasBlanks)
        take(.r1, work: Layout.zeros)
        take(.r2, work: Layout.padding)
        code.compute(.add, .r1, .r2)
        put(.r1, work: Layout.zeros)
        code.jump(to: isFilled)
        code.place(hasBlanks)
        fill(" ", work: Layout.padding)
        code.place(isFilled)
        put(0, work: Layout.padding)
        code.place(isPadded)
        take(.r2, work: Layout.length)
        code.move(.r3, .r9)
        code.compute(.add, .r3, Int32(ScratchLayout.work(Layout.prefix)))
        appendBytes(to: .r6)
        fill("0", work: Layout.zeros)
        code.move(.r2, Int64(Self.digitCount))
        take(.r1, work: Layout.firstDigit)
        code.compute(.subtract, .r2, .r1)
        code.compute(.and, .r1, 31)
        code.move(.r3, .r9)
        code.compute(.add, .r3, Int32(ScratchLayout.work(Layout.digits)))
        code.compute(.add, .r3, .r1)
        appendBytes(to: .r6)
        fill(" ", work: Layout.padding)
        leave()
    }

    /// The sign, `0` or `0x`; makes a number below 0 what stands behind its sign.
    private func choosePrefix() {
        let (isUnsigned, isPositive, done) = (code.label(), code.label(), code.label())
        func prefix(_ text: String) {
            put(text.utf8.reversed().reduce(Int32(0)) { $0 << 8 | Int32($1) }, work: Layout.prefix)
            put(Int32(text.utf8.count), work: Layout.length)
        }
        prefix("")
        require(FormatFlag.isSigned, or: isUnsigned)
        take(.r3, work: Layout.value)
        code.jump(to: isPositive, if: .r3, .signedGreaterOrEqual, 0)
        code.compute(.negate, .r3, 0)
        put(.r3, work: Layout.value)
        prefix("-")
        code.jump(to: done)
        code.place(isPositive)
        for (flag, text) in [(FormatFlag.hasSign, "+"), (FormatFlag.hasSpace, " ")] {
            let none = code.label()
            require(flag, or: none)
            prefix(text)
            code.jump(to: done)
            code.place(none)
        }
        code.jump(to: done)
        code.place(isUnsigned)
        let (isNotOctal, isNotHexadecimal, isSmall) = (code.label(), code.label(), code.label())
        require(FormatFlag.marksOctal, or: isNotOctal)
        prefix("0")
        code.place(isNotOctal)
        require(FormatFlag.marksHexadecimal, or: isNotHexadecimal)
        require(FormatFlag.isCapital, or: isSmall)
        prefix("0X")
        code.jump(to: done)
        code.place(isSmall)
        prefix("0x")
        code.place(isNotHexadecimal)
        code.place(done)
    }

    /// From the last digit to the first, each at a place that the verifier knows.
    private func writeDigits() {
        let (isSmall, done) = (code.label(), code.label())
        let digits = ScratchLayout.work(Layout.digits)
        let zero = Int32(UInt8(ascii: "0"))
        code.move(.r5, Int64(UInt8(ascii: "a")) - 10 - Int64(zero))
        require(FormatFlag.isCapital, or: isSmall)
        code.move(.r5, Int64(UInt8(ascii: "A")) - 10 - Int64(zero))
        code.place(isSmall)
        take(.r2, work: Layout.value)
        take(.r3, work: Layout.base)
        for index in (0..<Self.digitCount).reversed() {
            let isDecimal = code.label()
            code.move(.r4, .r2)
            code.compute(.remainder, .r4, .r3)
            code.compute(.divide, .r2, .r3)
            code.jump(to: isDecimal, if: .r4, .less, 10)
            code.compute(.add, .r4, .r5)
            code.place(isDecimal)
            code.compute(.add, .r4, zero)
            code.store(.byte, .r9, digits + index, .r4)
            put(Int32(index), work: Layout.firstDigit)
            if index > 0 { code.jump(to: done, if: .r2, .equal, 0) }
        }
        code.place(done)
    }

    func writeField() {
        let (isWhole, isRight, isPadded, end) = (code.label(), code.label(), code.label(), code.label())
        boundExtents()
        code.load(.double, .r3, .r7, 0)
        require(FormatFlag.hasPrecision, or: isWhole)
        take(.r1, work: Layout.precision)
        code.jump(to: isWhole, if: .r3, .lessOrEqual, .r1)
        code.move(.r3, .r1)
        code.place(isWhole)
        put(.r3, work: Layout.length)
        take(.r2, work: Layout.width)
        subtract(.r2, .r3)
        put(.r2, work: Layout.padding)
        require(FormatFlag.isLeft, or: isRight)
        code.jump(to: isPadded)
        code.place(isRight)
        fill(" ", work: Layout.padding)
        put(0, work: Layout.padding)
        code.place(isPadded)
        take(.r2, work: Layout.length)
        code.move(.r3, .r7)
        code.compute(.add, .r3, 8)
        appendBytes(to: .r6)
        fill(" ", work: Layout.padding)
        require(FormatFlag.fillsWithZeros, or: end)
        constant([0])
        code.move(.r2, 1)
        appendBytes(to: .r6)
        code.place(end)
        leave()
    }

    func writeCharacter() {
        take(.r0, work: Layout.value)
        code.compute(.and, .r0, 0xFF)
        escapeByte(quote: "'")
        code.store(.double, .r6, 0, .r3)
        code.store(.double, .r6, 8, .r2)
        leave()
    }

    func writeEndAtZero() {
        put(0, work: 0)
        loop(rounds: scratch.textCapacity, texts: 1) { [self] end in
            let goOn = code.label()
            take(.r2, work: 0)
            code.load(.double, .r1, .r6, 0)
            code.jump(to: end, if: .r2, .greaterOrEqual, .r1)
            byte(.r3, of: .r6, at: .r2, or: end)
            code.jump(to: goOn, if: .r3, .notEqual, 0)
            code.store(.double, .r6, 0, .r2)
            code.jump(to: end)
            code.place(goOn)
            code.compute(.add, .r2, 1)
            put(.r2, work: 0)
        }
        leave()
    }
}

extension PrintFormat.Conversion {
    /// Whether what it writes may have a zero, at which a string ends.
    fileprivate var mayWriteZero: Bool {
        switch kind {
        case .binary, .character: true
        case .string: fillsWithZeros
        default: false
        }
    }

    /// ``FormatFlag``.
    fileprivate var flags: Int32 {
        var flags: Int32 = 0
        if isLeft { flags |= FormatFlag.isLeft }
        if hasSign { flags |= FormatFlag.hasSign }
        if hasSpace { flags |= FormatFlag.hasSpace }
        if fillsWithZeros { flags |= FormatFlag.fillsWithZeros }
        if precision != .none { flags |= FormatFlag.hasPrecision }
        switch kind {
        case .signed: flags |= FormatFlag.isSigned
        case .pointer: flags |= FormatFlag.marksHexadecimal
        case .octal: if isAlternate { flags |= FormatFlag.marksOctal }
        case .hexadecimal: if isAlternate { flags |= FormatFlag.marksHexadecimal }
        case .capitalHexadecimal:
            flags |= FormatFlag.isCapital
            if isAlternate { flags |= FormatFlag.marksHexadecimal }
        default: break
        }
        return flags
    }

    fileprivate var base: Int32 {
        switch kind {
        case .octal: 8
        case .hexadecimal, .capitalHexadecimal, .pointer: 16
        default: 10
        }
    }
}
