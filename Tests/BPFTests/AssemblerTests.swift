import BPF
import Testing

@Suite struct AssemblerTests {
    @Test func jumpsCountFromTheInstructionBehind() throws {
        var code = Assembler()
        let end = code.label()
        code.move(.r0, 0)
        code.jump(to: end, if: .r1, .equal, 7)
        code.move(.r0, 1)
        code.place(end)
        code.exit()
        let program = try code.assemble().instructions
        #expect(program.map(\.code) == [0xB7, 0x15, 0xB7, 0x95])
        #expect(program[1].offset == 1)
        #expect(program[1].immediate == 7)
    }

    @Test func aLongConstantTakesTwoSlots() throws {
        var code = Assembler()
        code.move(.r3, 0x1_2345_6789)
        let program = try code.assemble().instructions
        #expect(program.map(\.immediate) == [0x2345_6789, 1])
        #expect(program[0].registers == 3)
    }

    @Test func whatControlNeverReachesIsLeftOut() throws {
        var code = Assembler()
        let (end, function) = (code.label(), code.label())
        code.call(function)
        code.jump(to: end)
        code.move(.r0, 1)
        code.place(end)
        code.move(.r0, 0)
        code.exit()
        code.move(.r0, 2)
        code.place(function)
        code.exit()
        let program = try code.assemble().instructions
        #expect(program.map(\.code) == [0x85, 0x05, 0xB7, 0x95, 0x95])
        #expect(program[0].immediate == 3)
        #expect(program[1].offset == 0)
    }

    @Test func aJumpOverTooMuchIsRefused() {
        var code = Assembler()
        let end = code.label()
        code.jump(to: end, if: .r1, .equal, 0)
        for _ in 0..<40_000 { code.move(.r0, 0) }
        code.place(end)
        code.exit()
        #expect(throws: Assembler.JumpTooFar.self) { try code.assemble() }
    }

    @Test func mapsAndSymbolsAreFilledInWhereControlComes() throws {
        var code = Assembler()
        let (end, size) = (code.label(), Symbol(4))
        code.jump(to: end)
        code.move(.r0, size)
        code.place(end)
        code.loadMapValue(.r1, descriptor: 2, offset: 24)
        code.move(.r2, size)
        code.jump(to: end, if: .r2, .greater, size, plus: -8)
        code.exit()
        let program = try code.assemble().linked(maps: { $0 + 100 }, symbols: { $0 == size ? 64 : 0 })
        #expect(program.instructions.map(\.immediate) == [0, 102, 24, 64, 56, 0])
    }

    @Test func anAdditionAtOnceMayGiveWhatWasThere() throws {
        var code = Assembler()
        code.atomicAdd(.r1, 8, .r2)
        code.atomicFetchAdd(.r1, 8, .r2)
        code.exit()
        let program = try code.assemble().instructions
        // BPF_ADD and BPF_FETCH of linux/bpf.h.
        #expect(program.map(\.immediate) == [0, 1, 0])
        #expect(program[0].code == program[1].code)
    }
}
