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
    /// Bytes that all of them take.
    public var size: Int
    /// Where the context tells whether the processor ran a program or the kernel.
    public var mode: Mode
    /// What `register("…")` tells, by the names of the tapset's registers.stp.
    public var parts: [String: Part]

    /// Where the processor's mode is.
    public struct Mode: Sendable {
        /// Bytes from the context's start.
        public var offset: Int
        /// The bits that tell.
        public var bits: Int32
        /// Whether they are set in a program, rather than in the kernel.
        public var isSetInProgram: Bool
    }

    /// A register or a part of it in the context.
    public struct Part: Sendable {
        /// Bytes from the context's start.
        public var offset: Int
        /// Its size in bytes.
        public var size: Int
    }

    /// x86-64: `struct pt_regs` of asm/ptrace.h; the System V ABI, figure 3.36.
    public static let x86_64 = MachineRegisters(
        offsets: [80, 96, 88, 40, 104, 112, 32, 152, 72, 64, 56, 48, 24, 16, 8, 0, 128],
        arguments: [5, 4, 1, 2, 8, 9], firstStackArgument: 8, result: 0, stackPointer: 7,
        instructionPointer: 128, size: 168, mode: Mode(offset: 136, bits: 3, isSetInProgram: true),
        parts: MachineRegisters.parts([
            8: [
                "r15": 0, "r14": 8, "r13": 16, "r12": 24, "rbp": 32, "rbx": 40, "r11": 48, "r10": 56,
                "r9": 64,
                "r8": 72, "rax": 80, "rcx": 88, "rdx": 96, "rsi": 104, "rdi": 112, "orig_rax": 120,
                "rip": 128,
                "xcs": 136, "eflags": 144, "rsp": 152, "xss": 160,
            ],
            4: [
                "ebp": 32, "ebx": 40, "eax": 80, "ecx": 88, "edx": 96, "esi": 104, "edi": 112,
                "orig_eax": 120,
                "eip": 128, "esp": 152,
            ],
            2: [
                "bp": 32, "bx": 40, "ax": 80, "cx": 88, "dx": 96, "si": 104, "di": 112, "orig_ax": 120,
                "ip": 128,
                "cs": 136, "flags": 144, "sp": 152, "ss": 160,
            ],
            1: ["al": 80, "ah": 81, "bl": 40, "bh": 41, "cl": 88, "ch": 89, "dl": 96, "dh": 97],
        ]))

    /// arm64: `struct user_pt_regs` of asm/ptrace.h; the procedure call standard AAPCS64.
    public static let arm64 = MachineRegisters(
        offsets: (0..<33).map { $0 * 8 }, arguments: Array(0..<8), firstStackArgument: 0, result: 0,
        stackPointer: 31, instructionPointer: 256, size: 272,
        mode: Mode(offset: 264, bits: 15, isSetInProgram: false),
        parts: MachineRegisters.parts([
            8: Dictionary(
                uniqueKeysWithValues: (0...30).map { ("x\($0)", $0 * 8) }
                    + [("fp", 232), ("lr", 240), ("sp", 248), ("pc", 256), ("pstate", 264)]),
            4: Dictionary(uniqueKeysWithValues: (0...30).map { ("w\($0)", $0 * 8) }),
        ]))

    private static func parts(_ offsets: [Int: [String: Int]]) -> [String: Part] {
        Dictionary(
            uniqueKeysWithValues: offsets.flatMap { size, names in
                names.map { ($0, Part(offset: $1, size: size)) }
            })
    }

    /// Those of the machine that this program was compiled for.
    public static var host: MachineRegisters {
        #if arch(arm64)
            .arm64
        #else
            .x86_64
        #endif
    }
}
