import CBPF
import Glibc

/// A program that the kernel has checked and compiled.
public struct BPFProgram: Sendable {
    /// What programs are attached to.
    public enum Kind: UInt32, Sendable {
        /// Probes: the context is the registers (`struct pt_regs`).
        case probe = 2
        /// Tracepoints: the context is the arguments, 8 bytes each.
        case rawTracepoint = 17
    }

    private let object: KernelObject

    /// Has the kernel check and compile a program.
    public init(_ kind: Kind, name: String, _ instructions: [Instruction]) throws(BPFError) {
        let words = instructions.map {
            bpf_insn(
                code: $0.code, dst_reg: $0.registers & 15, src_reg: $0.registers >> 4, off: $0.offset,
                imm: $0.immediate)
        }
        taprecipe_quiet_libbpf()
        let short = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }.prefix(15))
        var result = taprecipe_program_load(kind.rawValue, short, words, words.count, 0, nil, 0)
        guard result < 0 else {
            object = KernelObject(result)
            return
        }
        // Once more for the verifier's words: its log costs much, and is wanted only now.
        var log = [CChar](repeating: 0, count: Self.logSize)
        result = taprecipe_program_load(kind.rawValue, short, words, words.count, 1, &log, log.count)
        guard result < 0 else {
            object = KernelObject(result)
            return
        }
        let text = String(decoding: log.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        throw BPFError(operation: .loadProgram(name), code: -result, log: text)
    }

    private static let logSize = 1 << 24

    /// What it is attached by.
    public var descriptor: Int32 { object.descriptor }
}
