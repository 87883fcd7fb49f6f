/// Where a processor's registers lie in the context of a probe's program, and what its calling convention says of them.
///
/// Registers go by their numbers in DWARF.
public struct MachineRegisters: Sendable {
    /// Bytes from the context's start, by DWARF number.
    public var offsets: [Int]
    /// The registers of a function's first integer arguments.
    public var arguments: [Int]
    /// Where the further arguments lie: bytes from the stack pointer at the function's entry.
    public var firstStackArgument: Int
    /// The register that a function's result is in.
    public var result: Int
    /// The register that calls push their return address below.
    public var stackPointer: Int
    /// Bytes from the context's start of the instruction pointer.
    public var instructionPointer: Int
    /// The names that `register("…")` takes, with DWARF numbers.
    public var names: [String: Int]

    /// x86-64: `struct pt_regs` of asm/ptrace.h; the System V ABI, figure 3.36.
    public static let x86_64 = MachineRegisters(
        offsets: [80, 96, 88, 40, 104, 112, 32, 152, 72, 64, 56, 48, 24, 16, 8, 0, 128],
        arguments: [5, 4, 1, 2, 8, 9], firstStackArgument: 8, result: 0, stackPointer: 7,
        instructionPointer: 128,
        names: [
            "rax": 0, "rdx": 1, "rcx": 2, "rbx": 3, "rsi": 4, "rdi": 5, "rbp": 6, "rsp": 7, "r8": 8, "r9": 9,
            "r10": 10, "r11": 11, "r12": 12, "r13": 13, "r14": 14, "r15": 15, "rip": 16, "ax": 0, "dx": 1,
            "cx": 2, "bx": 3, "si": 4, "di": 5, "bp": 6, "sp": 7, "ip": 16,
        ])

    /// arm64: `struct user_pt_regs` of asm/ptrace.h; the procedure call standard AAPCS64.
    public static let arm64 = MachineRegisters(
        offsets: (0..<33).map { $0 * 8 }, arguments: Array(0..<8), firstStackArgument: 0, result: 0,
        stackPointer: 31, instructionPointer: 256,
        names: Dictionary(
            uniqueKeysWithValues: (0..<31).map { ("x\($0)", $0) }
                + [("sp", 31), ("pc", 32), ("fp", 29), ("lr", 30)]))

    /// Those of the machine that this program was compiled for.
    public static var host: MachineRegisters {
        #if arch(arm64)
            .arm64
        #else
            .x86_64
        #endif
    }
}
