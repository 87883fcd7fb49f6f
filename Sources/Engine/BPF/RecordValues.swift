import BPFCompiler
import Interpreter
import Lowering

/// The values of a record's piece.
struct RecordValues {
    /// Integers and texts, and an empty text for a stack, so that each keeps its number.
    private(set) var values: [Value] = []
    /// The registers and the stack, where they were sent.
    private(set) var stack: Stack?

    /// What is sent of a stack.
    struct Stack {
        var registers: [UInt64]
        /// From a little below the stack pointer up.
        var bytes: [UInt8]
        /// Places on the stack where the kernel has replaced a return address, with what stood there.
        var returns: [(place: UInt64, address: UInt64)]
    }

    /// Takes a piece apart; nil where it is not what it should be.
    init?(_ bytes: UnsafeRawBufferPointer, _ kinds: [RecordValue]) {
        values.reserveCapacity(kinds.count)
        var place = 0
        func integer() -> UInt64? {
            guard place + 8 <= bytes.count else { return nil }
            defer { place += 8 }
            return bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        }
        for kind in kinds {
            switch kind {
            case .integer:
                guard let value = integer() else { return nil }
                values.append(.integer(Int64(bitPattern: value)))
            case .text:
                guard let length = integer().flatMap({ Int(exactly: $0) }), length <= bytes.count - place
                else {
                    return nil
                }
                values.append(.text(Array(bytes[place..<place + length])))
                place += (length + 7) / 8 * 8
            case .stack:
                var registers: [UInt64] = []
                for _ in MachineRegisters.host.offsets {
                    guard let value = integer() else { return nil }
                    registers.append(value)
                }
                guard let length = integer().flatMap({ Int(exactly: $0) }), length <= bytes.count - place
                else {
                    return nil
                }
                stack = Stack(
                    registers: registers, bytes: Array(bytes[place..<place + length]), returns: [])
                place += length
                guard let count = integer(), count <= HiddenReturns.depth else { return nil }
                for _ in 0..<count {
                    guard let slot = integer(), let address = integer() else { return nil }
                    stack?.returns.append((slot, address))
                }
                values.append(.text([]))
            }
        }
    }
}
