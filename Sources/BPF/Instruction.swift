/// A register of the BPF machine: the kernel's Documentation/bpf/standardization/instruction-set.rst.
public enum Register: UInt8, Sendable {
    /// What a call returns, and a program.
    case r0 = 0
    /// The arguments of a call, which it destroys.
    case r1, r2, r3, r4, r5
    /// Kept over calls.
    case r6, r7, r8, r9
    /// The frame's end; read only.
    case frame
}

/// How many bytes a load or store moves.
public enum AccessSize: UInt8, Sendable {
    /// 4 bytes.
    case word = 0x00
    /// 2 bytes.
    case half = 0x08
    /// 1 byte.
    case byte = 0x10
    /// 8 bytes.
    case double = 0x18

    /// The size of so many bytes; nil for others than 1, 2, 4 and 8.
    public init?(bytes: Int) {
        switch bytes {
        case 1: self = .byte
        case 2: self = .half
        case 4: self = .word
        case 8: self = .double
        default: return nil
        }
    }
}

/// An operation of the arithmetic unit.
public enum ArithmeticOperation: UInt8, Sendable {
    case add = 0x00, subtract = 0x10, multiply = 0x20, divide = 0x30, or = 0x40, and = 0x50
    case shiftLeft = 0x60, shiftRight = 0x70, negate = 0x80, remainder = 0x90, xor = 0xA0, move = 0xB0
    case arithmeticShiftRight = 0xC0
}

/// A comparison that a jump depends on; the plain ones are unsigned.
public enum JumpCondition: UInt8, Sendable {
    case equal = 0x10, greater = 0x20, greaterOrEqual = 0x30, anySet = 0x40, notEqual = 0x50
    case signedGreater = 0x60, signedGreaterOrEqual = 0x70, less = 0xA0, lessOrEqual = 0xB0
    case signedLess = 0xC0, signedLessOrEqual = 0xD0
}

/// One instruction of 8 bytes, as the kernel takes it.
public struct Instruction: Sendable, Hashable {
    /// The operation.
    public var code: UInt8
    /// The destination register in the low half, the source in the high.
    public var registers: UInt8
    /// A jump's distance in instructions behind this one, or a memory offset in bytes.
    public var offset: Int16
    /// A constant.
    public var immediate: Int32

    init(
        _ code: UInt8, _ destination: Register = .r0, _ source: Register = .r0, offset: Int16 = 0,
        immediate: Int32 = 0
    ) {
        self.code = code
        self.registers = destination.rawValue | source.rawValue << 4
        self.offset = offset
        self.immediate = immediate
    }
}
