import BPF
import Lowering

/// Functions that handlers share within a program: loops over a text's bytes, which are written once.
enum SharedFunction: Hashable {
    /// r1: scratch, r2 and r3: places of texts; r0: below, at or above 0 as the first text is.
    case compare
    /// r1: scratch, r2: the place of a text, r3: where 16 bytes go that stand for it.
    case digest
    /// r1: scratch, r2: an address of the program; brings its page in. From 6.0.
    case touch
    /// r1: scratch, r2: a number, r3: its base; r0: where in ``ScratchLayout/digits`` its digits begin.
    case digits
}

extension HandlerCompiler {
    /// The label of a shared function, which is written behind the program.
    func shared(_ function: SharedFunction) -> Assembler.Label {
        if let known = sharedLabels[function] { return known }
        let label = code.label()
        sharedLabels[function] = label
        pending.append { [self] in
            code.place(label)
            switch function {
            case .compare: writeCompare()
            case .digest: writeDigest()
            case .digits: writeDigits()
            case .touch: writeTouch()
            }
        }
        return label
    }

    /// The last place where 8 bytes of a text may begin.
    private var lastWord: Int32 { Int32(scratch.textSize - 16) }

    private func writeCompare() {
        let (round, tail, differ, below, lengths) = (
            code.label(), code.label(), code.label(), code.label(), code.label()
        )
        code.move(.r8, .r1)
        code.compute(.add, .r8, .r3)
        code.move(.r9, .r1)
        code.compute(.add, .r9, .r2)
        code.load(.double, .r4, .r9, 0)
        code.load(.double, .r5, .r8, 0)
        code.move(.r6, .r4)
        let isLess = code.label()
        code.jump(to: isLess, if: .r4, .lessOrEqual, .r5)
        code.move(.r6, .r5)
        code.place(isLess)
        code.move(.r7, 0)
        code.place(round)
        code.move(.r1, .r7)
        code.compute(.add, .r1, 8)
        code.jump(to: tail, if: .r1, .greater, .r6)
        code.jump(to: lengths, if: .r7, .greater, lastWord)
        code.move(.r2, .r9)
        code.compute(.add, .r2, .r7)
        code.load(.double, .r2, .r2, 8)
        code.move(.r3, .r8)
        code.compute(.add, .r3, .r7)
        code.load(.double, .r3, .r3, 8)
        code.compute(.add, .r7, 8)
        code.jump(to: round, if: .r2, .equal, .r3)
        code.place(differ)
        code.toBigEndian(.r2, bits: 64)
        code.toBigEndian(.r3, bits: 64)
        code.move(.r0, 1)
        code.jump(to: below, if: .r2, .less, .r3)
        code.exit()
        code.place(below)
        code.move(.r0, -1)
        code.exit()
        code.place(tail)
        // r1: the bits of the last word that do not count.
        code.compute(.subtract, .r1, .r6)
        code.jump(to: lengths, if: .r1, .greaterOrEqual, 8)
        code.jump(to: lengths, if: .r7, .greater, lastWord)
        code.compute(.shiftLeft, .r1, 3)
        code.move(.r2, .r9)
        code.compute(.add, .r2, .r7)
        code.load(.double, .r2, .r2, 8)
        code.move(.r3, .r8)
        code.compute(.add, .r3, .r7)
        code.load(.double, .r3, .r3, 8)
        // Little-endian: the bytes that count are the lowest.
        code.compute(.shiftLeft, .r2, .r1)
        code.compute(.shiftLeft, .r3, .r1)
        code.jump(to: differ, if: .r2, .notEqual, .r3)
        code.place(lengths)
        code.move(.r0, .r4)
        code.compute(.subtract, .r0, .r5)
        code.exit()
    }

    private func writeDigest() {
        let (round, tail, last, end) = (code.label(), code.label(), code.label(), code.label())
        code.move(.r9, .r1)
        code.compute(.add, .r9, .r2)
        code.move(.r8, .r1)
        code.compute(.add, .r8, .r3)
        code.load(.double, .r6, .r9, 0)
        code.move(.r4, Int64(bitPattern: options.digestKeys.0))
        code.move(.r5, Int64(bitPattern: options.digestKeys.1))
        code.move(.r7, 0)
        code.place(round)
        code.move(.r1, .r7)
        code.compute(.add, .r1, 8)
        code.jump(to: tail, if: .r1, .greater, .r6)
        code.jump(to: end, if: .r7, .greater, lastWord)
        code.move(.r2, .r9)
        code.compute(.add, .r2, .r7)
        code.load(.double, .r2, .r2, 8)
        mix()
        code.compute(.add, .r7, 8)
        code.jump(to: round)
        code.place(tail)
        code.compute(.subtract, .r1, .r6)
        code.jump(to: end, if: .r1, .greaterOrEqual, 8)
        code.jump(to: end, if: .r7, .greater, lastWord)
        code.compute(.shiftLeft, .r1, 3)
        code.move(.r2, .r9)
        code.compute(.add, .r2, .r7)
        code.load(.double, .r2, .r2, 8)
        code.compute(.shiftLeft, .r2, .r1)
        code.place(last)
        mix()
        code.place(end)
        code.store(.double, .r8, 0, .r4)
        code.store(.double, .r8, 8, .r5)
        code.move(.r0, 0)
        code.exit()
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

    private func writeTouch() {
        code.move(.r3, .r2)
        code.compute(.add, .r1, Int32(ScratchLayout.digits))
        code.move(.r2, 1)
        code.call(.copyFromUser)
        code.exit()
    }

    /// Has the page of an address brought in, which is `offset` from the one at a place, where the kernel can.
    func touch(_ place: Int, offset: Int = 0) {
        guard canSleep else { return }
        code.load(.double, .r2, .r9, place)
        if offset != 0 { code.compute(.add, .r2, Int32(offset)) }
        code.move(.r1, .r9)
        code.call(shared(.touch))
    }

    /// Whether the handler may wait for memory.
    var canSleep: Bool {
        switch probe.event {
        case .address, .functionReturn: options.kernel.maySleep
        default: false
        }
    }

    /// From the last digit to the first, each at a place that the verifier knows.
    private func writeDigits() {
        let most = 65
        for index in (0..<most).reversed() where index >= most - 22 {
            let (decimal, more) = (code.label(), code.label())
            code.move(.r4, .r2)
            code.compute(.remainder, .r4, .r3)
            code.compute(.divide, .r2, .r3)
            code.jump(to: decimal, if: .r4, .less, 10)
            code.compute(.add, .r4, Int32(UInt8(ascii: "a")) - 10 - Int32(UInt8(ascii: "0")))
            code.place(decimal)
            code.compute(.add, .r4, Int32(UInt8(ascii: "0")))
            code.store(.byte, .r1, ScratchLayout.digits + index, .r4)
            code.jump(to: more, if: .r2, .notEqual, 0)
            code.move(.r0, Int64(index))
            code.exit()
            code.place(more)
        }
        code.move(.r0, Int64(most - 22))
        code.exit()
    }
}
