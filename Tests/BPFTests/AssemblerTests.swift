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
}
