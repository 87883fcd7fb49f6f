import BPF

/// Integers in texts: `strtol`.
extension HandlerCompiler {
    /// What the reading of an integer remembers.
    private enum Reading {
        static let base = 0
        static let isNegative = 1
        static let next = 2
        static let value = 3
    }

    /// The kernel's simple_strtol, which takes no blanks and no `+`, and wraps.
    func writeInteger() {
        let (isPositive, isMarked, isKnown, isDecimal, isOctal, isHexadecimal, digits) = (
            code.label(), code.label(), code.label(), code.label(), code.label(), code.label(), code.label()
        )
        put(0, work: Reading.isNegative)
        put(0, work: Reading.value)
        code.load(.double, .r5, .r6, 0)
        code.move(.r1, 0)
        code.jump(to: isPositive, if: .r5, .equal, 0)
        code.load(.byte, .r2, .r6, 8)
        code.jump(to: isPositive, if: .r2, .notEqual, Int32(UInt8(ascii: "-")))
        put(1, work: Reading.isNegative)
        code.move(.r1, 1)
        code.place(isPositive)
        put(.r1, work: Reading.next)
        // The base is an unsigned int in the kernel.
        take(.r0, work: Reading.base)
        code.compute(.shiftLeft, .r0, 32)
        code.compute(.shiftRight, .r0, 32)
        put(.r0, work: Reading.base)
        // r5: the bytes left, r3: where they are, r2: whether `0x` is before them.
        code.compute(.subtract, .r5, .r1)
        code.move(.r3, .r6)
        code.compute(.add, .r3, .r1)
        code.move(.r2, 0)
        code.jump(to: isMarked, if: .r5, .less, 2)
        code.load(.byte, .r4, .r3, 8)
        code.jump(to: isMarked, if: .r4, .notEqual, Int32(UInt8(ascii: "0")))
        code.load(.byte, .r4, .r3, 9)
        code.compute(.or, .r4, 0x20)
        code.jump(to: isMarked, if: .r4, .notEqual, Int32(UInt8(ascii: "x")))
        code.move(.r2, 1)
        code.place(isMarked)
        code.jump(to: isKnown, if: .r0, .notEqual, 0)
        code.jump(to: isDecimal, if: .r5, .equal, 0)
        code.load(.byte, .r4, .r3, 8)
        code.jump(to: isDecimal, if: .r4, .notEqual, Int32(UInt8(ascii: "0")))
        code.jump(to: isOctal, if: .r2, .equal, 0)
        code.jump(to: isOctal, if: .r5, .less, 3)
        code.load(.byte, .r4, .r3, 10)
        digit(.r4, or: isOctal)
        code.move(.r0, 16)
        code.jump(to: isHexadecimal)
        code.place(isDecimal)
        code.move(.r0, 10)
        code.jump(to: digits)
        code.place(isOctal)
        code.move(.r0, 8)
        code.jump(to: digits)
        code.place(isKnown)
        code.jump(to: digits, if: .r0, .notEqual, 16)
        code.jump(to: digits, if: .r2, .equal, 0)
        code.place(isHexadecimal)
        code.compute(.add, .r1, 2)
        put(.r1, work: Reading.next)
        code.place(digits)
        put(.r0, work: Reading.base)
        loop(rounds: scratch.textCapacity, texts: 1) { [self] end in
            take(.r1, work: Reading.next)
            code.load(.double, .r2, .r6, 0)
            code.jump(to: end, if: .r1, .greaterOrEqual, .r2)
            byte(.r3, of: .r6, at: .r1, or: end)
            digit(.r3, or: end)
            take(.r2, work: Reading.base)
            code.jump(to: end, if: .r3, .greaterOrEqual, .r2)
            code.compute(.add, .r1, 1)
            put(.r1, work: Reading.next)
            take(.r4, work: Reading.value)
            code.compute(.multiply, .r4, .r2)
            code.compute(.add, .r4, .r3)
            put(.r4, work: Reading.value)
        }
        let end = code.label()
        take(.r0, work: Reading.value)
        take(.r1, work: Reading.isNegative)
        code.jump(to: end, if: .r1, .equal, 0)
        code.compute(.negate, .r0, 0)
        code.place(end)
        code.exit()
    }

    /// A register = the value of the hexadecimal digit in it.
    private func digit(_ register: Register, or none: Assembler.Label) {
        let isDecimal = code.label()
        code.compute(.subtract, register, Int32(UInt8(ascii: "0")))
        code.jump(to: isDecimal, if: register, .less, 10)
        code.compute(.add, register, Int32(UInt8(ascii: "0")))
        code.compute(.or, register, 0x20)
        code.compute(.subtract, register, Int32(UInt8(ascii: "a")))
        code.jump(to: none, if: register, .greaterOrEqual, 6)
        code.compute(.add, register, 10)
        code.place(isDecimal)
    }
}
