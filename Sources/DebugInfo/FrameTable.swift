import CElfutils
import Glibc

/// The call frame information of a binary: `.eh_frame` of the binary itself, and where that says nothing about an
/// address, `.debug_frame` of its debug information.
final class FrameTable {
    private let elf: ELFHandle
    /// Asked for only where `.eh_frame` fails, as opening it costs more.
    private let debugInfo: () -> DWARF?
    private lazy var frames: OpaquePointer? = dwarf_getcfi_elf(elf.elf)
    private lazy var debugFrames: OpaquePointer? = debugInfo().flatMap { dwarf_getcfi($0.handle.dwarf) }

    init(_ elf: ELFHandle, debugInfo: @escaping () -> DWARF?) {
        self.elf = elf
        self.debugInfo = debugInfo
    }

    deinit {
        // Those of `.debug_frame` belong to libdw's handle.
        if let frames { dwarf_cfi_end(frames) }
    }

    /// The row of an address in the file's own address space, for the registers below a DWARF number.
    func row(at address: UInt64, registers: Int) -> UnwindRow? {
        row(in: frames, at: address, registers) ?? row(in: debugFrames, at: address, registers)
    }

    private func row(in table: OpaquePointer?, at address: UInt64, _ registers: Int) -> UnwindRow? {
        var frame: OpaquePointer?
        guard let table, dwarf_cfi_addrframe(table, address, &frame) == 0, let frame else { return nil }
        defer { free(UnsafeMutableRawPointer(frame)) }
        var start: Dwarf_Addr = 0
        var end: Dwarf_Addr = 0
        var isSignalFrame = false
        let returnRegister = dwarf_frame_info(frame, &start, &end, &isSignalFrame)
        guard returnRegister >= 0, returnRegister < registers, start <= address, address < end,
            let frameAddress = Self.frameAddress(frame)
        else { return nil }
        var row = UnwindRow(
            addresses: start..<end, frameAddress: frameAddress, rules: [], undefined: 0,
            returnRegister: UInt8(returnRegister), isSignalFrame: isSignalFrame)
        for register in 0..<UInt8(registers) where !Self.add(register, of: frame, to: &row) { return nil }
        if elf.header.e_machine == Machine.x86_64.rawValue { Self.correctX86(&row) }
        return row
    }

    /// Applies the ABI to registers of which nothing is said: a function keeps rbx, not rax.
    ///
    /// libdw 0.188 has it the other way round, and so can't leave a function that the dynamic loader's resolver calls, as
    /// that one's frame is at rbx.
    private static func correctX86(_ row: inout UnwindRow) {
        let (rax, rbx): (UInt64, UInt64) = (1 << 0, 1 << 3)
        row.undefined &= ~rbx
        if !row.rules.contains(where: { $0.register == 0 }) { row.undefined |= rax }
    }

    private static func frameAddress(_ frame: OpaquePointer) -> UnwindRow.FrameAddress? {
        var operations: UnsafeMutablePointer<Dwarf_Op>?
        var count = 0
        guard dwarf_frame_cfa(frame, &operations, &count) == 0, let operations, count > 0 else { return nil }
        let only = operations.pointee
        if count == 1, Int(only.atom) == DW_OP_bregx, only.number < 64 {
            return .register(UInt8(only.number), offset: Int64(bitPattern: only.number2))
        }
        if count == 1, (DW_OP_breg0...DW_OP_breg31).contains(Int(only.atom)) {
            return .register(only.atom - UInt8(DW_OP_breg0), offset: Int64(bitPattern: only.number))
        }
        return .expression(location(operations, count))
    }

    /// Adds what becomes of a register; false where libdw can't tell.
    private static func add(_ register: UInt8, of frame: OpaquePointer, to row: inout UnwindRow) -> Bool {
        withUnsafeTemporaryAllocation(of: Dwarf_Op.self, capacity: 3) { room in
            var operations: UnsafeMutablePointer<Dwarf_Op>?
            var count = 0
            guard
                dwarf_frame_register(frame, Int32(register), room.baseAddress!, &operations, &count) == 0
            else { return false }
            guard count > 0, let operations else {
                // No operations are two answers: none at all is "the same", an empty list is "undefined".
                if operations != nil { row.undefined |= 1 << UInt64(register) }
                return true
            }
            row.rules.append(.init(register: register, rule: rule(operations, count)))
            return true
        }
    }

    private static func rule(_ operations: UnsafeMutablePointer<Dwarf_Op>, _ count: Int) -> UnwindRow.Rule {
        let codes = (0..<min(count, 4)).map { Int(operations[$0].atom) }
        let offset = count > 1 ? Int64(bitPattern: operations[1].number) : 0
        switch codes {
        case [DW_OP_call_frame_cfa]: return .saved(0)
        case [DW_OP_call_frame_cfa, DW_OP_plus_uconst]: return .saved(offset)
        case [DW_OP_call_frame_cfa, DW_OP_stack_value]: return .frameAddress(0)
        case [DW_OP_call_frame_cfa, DW_OP_plus_uconst, DW_OP_stack_value]: return .frameAddress(offset)
        case [DW_OP_regx] where operations[0].number < 64: return .register(UInt8(operations[0].number))
        default: break
        }
        if Int(operations[count - 1].atom) == DW_OP_stack_value {
            return .computed(location(operations, count - 1))
        }
        return .savedAt(location(operations, count))
    }

    private static func location(_ operations: UnsafeMutablePointer<Dwarf_Op>, _ count: Int) -> Location {
        Location(
            operations: UnsafeBufferPointer(start: operations, count: min(count, 4096)).map {
                Location.Operation(code: $0.atom, first: $0.number, second: $0.number2)
            })
    }
}
