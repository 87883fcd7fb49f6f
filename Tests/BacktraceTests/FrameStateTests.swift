import DebugInfo
import ProcessMaps
import Testing

@testable import Backtraces

@Suite("A step to the caller, by a row's rules")
struct FrameStateTests {
    private static let start: UInt64 = 0x7000
    private static let words: [UInt64] = (0..<32).map { 0x40_0000 + $0 }

    private func step(
        _ architecture: Architecture, _ row: UnwindRow, registers: [UInt64], isInterrupted: Bool = true,
        words: [UInt64] = words, then body: (borrowing FrameState, StackMemory) throws -> Void = { _, _ in }
    ) throws -> UInt64? {
        try words.withUnsafeBytes { bytes in
            let memory = StackMemory(start: Self.start, bytes: bytes, hiddenReturns: [])
            var state = FrameState(architecture)
            state.start(UserRegisters(architecture, registers))
            let pc = try state.step(row, isInterrupted: isInterrupted, memory)
            try body(state, memory)
            return pc
        }
    }

    private static func isUnknown(_ register: UInt8, _ state: borrowing FrameState, _ memory: StackMemory)
        -> Bool
    {
        (try? state.value(of: register, memory)) == nil
    }

    private func row(
        _ frameAddress: UnwindRow.FrameAddress, _ rules: [UnwindRow.RegisterRule], undefined: UInt64 = 0,
        returning register: UInt8, isSignalFrame: Bool = false
    ) -> UnwindRow {
        UnwindRow(
            addresses: 0..<1, frameAddress: frameAddress, rules: rules, undefined: undefined,
            returnRegister: register, isSignalFrame: isSignalFrame)
    }

    @Test("64-bit ARM: a leaf returns to the link register, without its signature; others save it")
    func arm64() throws {
        var registers = [UInt64](repeating: 0, count: 33)
        registers[30] = 0x00AB_0000_0040_1234
        registers[31] = Self.start
        let leaf = row(.register(31, offset: 0), [], returning: 30)
        #expect(try step(.arm64, leaf, registers: registers) == 0x40_1234)
        // Only the innermost function can be a leaf.
        #expect(throws: UnwindFailure.self) {
            try step(.arm64, leaf, registers: registers, isInterrupted: false)
        }
        let saving = row(
            .register(29, offset: 32),
            [.init(register: 29, rule: .saved(-32)), .init(register: 30, rule: .saved(-24))], returning: 30)
        registers[29] = Self.start + 16
        let pc = try step(.arm64, saving, registers: registers, isInterrupted: false) { state, memory in
            let values = try [29, 31, 32].map { try state.value(of: $0, memory) }
            #expect(values == [Self.words[2], Self.start + 48, Self.words[3]])
        }
        #expect(pc == Self.words[3])
        #expect(Architecture.arm64.registerNames.count == 33)
        #expect(Architecture(.aarch64) == .arm64 && Architecture(.x86_64) == .x86_64)
        #expect(Architecture(Machine(rawValue: 243)) == nil)
    }

    @Test("a register that is lost matters only where it is needed")
    func undefined() throws {
        var registers = [UInt64](repeating: 0, count: 17)
        registers[7] = Self.start
        let returning = UnwindRow.RegisterRule(register: 16, rule: .saved(-8))
        let losing = row(.register(7, offset: 8), [returning], undefined: 1 << 6, returning: 16)
        let pc = try step(.x86_64, losing, registers: registers) { state, memory in
            let isUnknown = Self.isUnknown(6, state, memory)
            #expect(isUnknown)
            let stackPointer = try state.value(of: 7, memory)
            #expect(stackPointer == Self.start + 8)
        }
        #expect(pc == Self.words[0])
        // Without a return address there is no caller.
        #expect(
            try step(
                .x86_64, row(.register(7, offset: 8), [], undefined: 1 << 16, returning: 16),
                registers: registers) == nil)
        // A saved register beyond the copy costs nothing either, until it is needed.
        let far = row(
            .register(7, offset: 8), [returning, .init(register: 3, rule: .saved(1 << 20))], returning: 16)
        let caller = try step(.x86_64, far, registers: registers) { state, memory in
            let isUnknown = Self.isUnknown(3, state, memory)
            #expect(isUnknown)
        }
        #expect(caller == Self.words[0])
    }

    @Test("the linkage table's expression: how much was pushed depends on the address's last bits")
    func linkageTable() throws {
        // What ld writes: rsp + 8 + ((rip & 15) >= 11) * 8.
        let expression = Location(operations: [
            .init(code: 0x77, first: 8, second: 0), .init(code: 0x80, first: 0, second: 0),
            .init(code: 0x3F, first: 0, second: 0), .init(code: 0x1A, first: 0, second: 0),
            .init(code: 0x3B, first: 0, second: 0), .init(code: 0x2A, first: 0, second: 0),
            .init(code: 0x33, first: 0, second: 0), .init(code: 0x24, first: 0, second: 0),
            .init(code: 0x22, first: 0, second: 0),
        ])
        let table = row(.expression(expression), [.init(register: 16, rule: .saved(-8))], returning: 16)
        var registers = [UInt64](repeating: 0, count: 17)
        registers[7] = Self.start
        registers[16] = 0x40_1016
        #expect(try step(.x86_64, table, registers: registers) == Self.words[0])
        registers[16] = 0x40_101B
        #expect(try step(.x86_64, table, registers: registers) == Self.words[1])
    }

    @Test("expressions that make no sense fail")
    func expressions() throws {
        func run(_ operations: [(Int, UInt64)]) throws -> UInt64 {
            let location = Location(
                operations: operations.map { .init(code: UInt8($0.0), first: $0.1, second: 0) })
            return try Self.words.withUnsafeBytes { bytes in
                let memory = StackMemory(start: Self.start, bytes: bytes, hiddenReturns: [])
                return try ExpressionMachine.run(location, frameAddress: 0x7010, FrameState(.x86_64), memory)
            }
        }
        #expect(try run([(0x9C, 0), (0x06, 0)]) == Self.words[2])
        #expect(try run([(0x9C, 0), (0x94, 4)]) == Self.words[2] & 0xFFFF_FFFF)
        #expect(try run([(0x35, 0), (0x31, 0), (0x1C, 0), (0x1F, 0), (0x19, 0)]) == 4)
        for bad: [(Int, UInt64)] in [
            [], [(0x22, 0)], [(0x30, 0), (0x30, 0), (0x1B, 0)], [(0x03, 5)], [(0x2F, 0)], [(0xE0, 0)],
            [(0x15, 200)], [(0x30, 0), (0x06, 0)], [(0x90, 99)], [(0x92, 1 << 40)],
            Array(repeating: (0x30, 0), count: 100),
        ] {
            #expect(throws: UnwindFailure.self, "\(bad)") { try run(bad) }
        }
    }
}
