public import DebugInfo

/// What unwinding must know of a processor: its registers in DWARF's numbering, and its return addresses.
public struct Architecture: Sendable, Hashable {
    /// The machine in ELF's words.
    public let machine: Machine
    /// The registers' names, in the order of their DWARF numbers; the program counter is the last.
    public let registerNames: [String]
    /// The stack pointer's DWARF number.
    public let stackPointer: Int
    /// Which bits of a return address count: others may hold a signature.
    public let returnAddressMask: UInt64

    /// How many bytes below the stack pointer a sample should hold: the red zone of the x86-64 ABI.
    ///
    /// Amid an epilogue, unwind data says of registers that were popped already where they were saved.
    public static let bytesBelowStackPointer = 128

    /// The program counter's number: on x86-64 the one that the ABI gives the return address.
    public var programCounter: Int { registerNames.count - 1 }

    /// 64-bit x86 (System V ABI, AMD64 supplement, figure 3.36).
    public static let x86_64 = Architecture(
        machine: .x86_64,
        registerNames: [
            "rax", "rdx", "rcx", "rbx", "rsi", "rdi", "rbp", "rsp", "r8", "r9", "r10", "r11", "r12", "r13",
            "r14", "r15", "rip",
        ],
        stackPointer: 7, returnAddressMask: .max)

    /// 64-bit ARM (DWARF for the Arm 64-bit Architecture, section 4.1); user addresses have 48 bits, what is above
    /// them may be a pointer authentication code.
    public static let arm64 = Architecture(
        machine: .aarch64, registerNames: (0...30).map { "x\($0)" } + ["sp", "pc"],
        stackPointer: 31, returnAddressMask: 1 << 48 - 1)

    /// That of the machine that this program was compiled for.
    public static var host: Architecture { Machine.host == .aarch64 ? .arm64 : .x86_64 }

    /// The architecture of a machine, if stacks of it can be unwound.
    public init?(_ machine: Machine) {
        switch machine {
        case .x86_64: self = .x86_64
        case .aarch64: self = .arm64
        default: return nil
        }
    }

    private init(
        machine: Machine, registerNames: [String], stackPointer: Int, returnAddressMask: UInt64
    ) {
        self.machine = machine
        self.registerNames = registerNames
        self.stackPointer = stackPointer
        self.returnAddressMask = returnAddressMask
    }
}

/// A thread's registers in user space, by their DWARF numbers.
public struct UserRegisters: Sendable, Equatable {
    /// Whose registers.
    public let architecture: Architecture
    /// The values, as many as the architecture has names.
    public private(set) var values: [UInt64]

    /// Creates registers.
    ///
    /// - Parameters:
    ///   - architecture: whose registers.
    ///   - values: in the order of the DWARF numbers; missing ones are 0.
    public init(_ architecture: Architecture, _ values: [UInt64]) {
        self.architecture = architecture
        let count = architecture.registerNames.count
        // As they come for each sample.
        guard values.count != count else {
            self.values = values
            return
        }
        self.values = values.prefix(count) + Array(repeating: 0, count: max(count - values.count, 0))
    }

    /// Where the thread is.
    public var programCounter: UInt64 {
        get { values[architecture.programCounter] }
        set { values[architecture.programCounter] = newValue }
    }

    /// The innermost address of its stack.
    public var stackPointer: UInt64 {
        get { values[architecture.stackPointer] }
        set { values[architecture.stackPointer] = newValue }
    }
}
