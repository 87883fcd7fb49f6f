import BPF

/// Comparison and digest of texts, eight bytes at a time.
extension HandlerCompiler {
    /// The last place where 8 bytes of a text may begin.
    private var lastWord: Int32 { Int32(scratch.textSize - 16) }

    func writeCompare() {
        let (round, tail, differ, below, lengths, isLess) = (
            code.label(), code.label(), code.label(), code.label(), code.label(), code.label()
        )
        func words() {
            for (word, text) in [(Register.r2, Register.r6), (.r3, .r7)] {
                code.move(word, text)
                code.compute(.add, word, .r8)
                code.load(.double, word, word, 8)
            }
        }
        // r0: the shorter length; r8: the place.
        code.load(.double, .r4, .r6, 0)
        code.load(.double, .r5, .r7, 0)
        code.move(.r0, .r4)
        code.jump(to: isLess, if: .r4, .lessOrEqual, .r5)
        code.move(.r0, .r5)
        code.place(isLess)
        code.move(.r8, 0)
        code.place(round)
        code.move(.r1, .r8)
        code.compute(.add, .r1, 8)
        code.jump(to: tail, if: .r1, .greater, .r0)
        code.jump(to: lengths, if: .r8, .greater, lastWord)
        words()
        code.compute(.add, .r8, 8)
        code.jump(to: round, if: .r2, .equal, .r3)
        code.place(differ)
        code.toBigEndian(.r2, bits: 64)
        code.toBigEndian(.r3, bits: 64)
        code.jump(to: below, if: .r2, .less, .r3)
        leave(with: 1)
        code.place(below)
        leave(with: -1)
        code.place(tail)
        // r1: the bits of the last word that do not count.
        code.compute(.subtract, .r1, .r0)
        code.jump(to: lengths, if: .r1, .greaterOrEqual, 8)
        code.jump(to: lengths, if: .r8, .greater, lastWord)
        code.compute(.shiftLeft, .r1, 3)
        words()
        // Little-endian: the bytes that count are the lowest.
        code.compute(.shiftLeft, .r2, .r1)
        code.compute(.shiftLeft, .r3, .r1)
        code.jump(to: differ, if: .r2, .notEqual, .r3)
        code.place(lengths)
        code.move(.r0, .r4)
        code.compute(.subtract, .r0, .r5)
        code.exit()
    }

    func writeDigest() {
        let (round, tail, end) = (code.label(), code.label(), code.label())
        func word() {
            code.move(.r2, .r6)
            code.compute(.add, .r2, .r8)
            code.load(.double, .r2, .r2, 8)
        }
        code.load(.double, .r0, .r6, 0)
        code.move(.r4, Int64(bitPattern: options.digestKeys.0))
        code.move(.r5, Int64(bitPattern: options.digestKeys.1))
        code.move(.r8, 0)
        code.place(round)
        code.move(.r1, .r8)
        code.compute(.add, .r1, 8)
        code.jump(to: tail, if: .r1, .greater, .r0)
        code.jump(to: end, if: .r8, .greater, lastWord)
        word()
        mix()
        code.compute(.add, .r8, 8)
        code.jump(to: round)
        code.place(tail)
        code.compute(.subtract, .r1, .r0)
        code.jump(to: end, if: .r1, .greaterOrEqual, 8)
        code.jump(to: end, if: .r8, .greater, lastWord)
        code.compute(.shiftLeft, .r1, 3)
        word()
        code.compute(.shiftLeft, .r2, .r1)
        mix()
        code.place(end)
        code.store(.double, .r7, 0, .r4)
        code.store(.double, .r7, 8, .r5)
        leave()
    }

    /// Takes the word in r2 into the two lanes in r4 and r5.
    private func mix() {
        code.compute(.xor, .r4, .r2)
        code.move(.r3, Int64(bitPattern: TextDigest.firstFactor))
        code.compute(.multiply, .r4, .r3)
        code.move(.r3, .r4)
        code.compute(.shiftRight, .r3, Int32(TextDigest.firstShift))
        code.compute(.xor, .r4, .r3)
        code.compute(.add, .r5, .r2)
        code.move(.r3, Int64(bitPattern: TextDigest.secondFactor))
        code.compute(.multiply, .r5, .r3)
        code.move(.r3, .r5)
        code.compute(.shiftRight, .r3, Int32(TextDigest.secondShift))
        code.compute(.xor, .r5, .r3)
    }
}
