import CBPF
import Glibc

/// A program that the kernel has checked and compiled.
public struct BPFProgram: Sendable {
    /// What programs are attached to.
    public enum Kind: UInt32, Sendable {
        /// Probes: the context is the registers (`struct pt_regs`).
        case probe = 2
        /// Counters of processors: the context begins with the registers.
        case counter = 7
        /// Tracepoints: the context is the arguments, 8 bytes each.
        case rawTracepoint = 17
    }

    private let object: KernelObject
    private let name: String
    /// Whether a link attaches it.
    public let isLinked: Bool

    /// Has the kernel check and compile a program.
    ///
    /// - Parameters:
    ///   - kind: What it is attached to.
    ///   - name: What bpftool shows of it.
    ///   - maySleep: Whether it may wait for memory that is on disk; of probes of programs alone, from 6.0.
    ///   - isLinked: Whether it is attached by a link, not by a perf event; of probes of programs alone, from 6.6.
    ///   - code: The instructions.
    /// - Throws: What the kernel refused, with the verifier's words.
    public init(
        _ kind: Kind, name: String, maySleep: Bool = false, isLinked: Bool = false, _ code: ProgramCode
    ) throws(BPFError) {
        self.isLinked = isLinked
        self.name = name
        let words = code.instructions.map {
            bpf_insn(
                code: $0.code, dst_reg: $0.registers & 15, src_reg: $0.registers >> 4, off: $0.offset,
                imm: $0.immediate)
        }
        taprecipe_quiet_libbpf()
        let short = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }.prefix(15))
        // Programs that are called back must be described; the description is kept by them.
        let types =
            code.functions.count > 1 ? KernelObject(bpf_btf_load(Self.types, Self.types.count, nil)) : nil
        let functions = code.functions.flatMap { function in
            [UInt32(function.start), function.isCheckedAlone ? Self.checkedAloneType : Self.functionType]
        }
        func load(_ log: UnsafeMutableBufferPointer<CChar>?) -> Int32 {
            // It is closed no sooner than the kernel has seen it.
            defer { withExtendedLifetime(types) {} }
            return taprecipe_program_load(
                kind.rawValue, isLinked ? UInt32(taprecipe_uprobe_link_type) : 0,
                maySleep ? UInt32(BPF_F_SLEEPABLE) : 0, short, words, words.count, types?.descriptor ?? -1,
                functions,
                UInt32(code.functions.count), log?.baseAddress, log?.count ?? 0)
        }
        var result = load(nil)
        guard result < 0 else {
            object = KernelObject(result)
            return
        }
        // Once more for the verifier's words: its log costs much, and is wanted only now.
        var log = [CChar](repeating: 0, count: Self.logSize)
        result = log.withUnsafeMutableBufferPointer { load($0) }
        guard result < 0 else {
            object = KernelObject(result)
            return
        }
        let text = String(decoding: log.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        throw BPFError(operation: .loadProgram(name), code: -result, log: text)
    }

    private static let logSize = 1 << 24

    /// The only types that programs have, in BTF (Documentation/bpf/btf.rst): `int`, a function without parameters
    /// that returns it, and the static function "tap" of that type; `long`, a function of five of them that returns
    /// one, and the global function "text" of that type.
    private static let types: [UInt8] = {
        let parameter: [UInt32] = [14, 4]
        let words: [UInt32] =
            [
                1, 1 << 24, 4, 32,
                0, 13 << 24, 1,
                5, 12 << 24, 2,
                9, 1 << 24, 8, 1 << 24 | 64,
                0, 13 << 24 | 5, 4,
            ] + parameter + parameter + parameter + parameter + parameter + [16, 12 << 24 | 1, 5]
        let strings = Array("\0int\0tap\0long\0a\0text\0".utf8)
        let size = UInt32(words.count * 4)
        let head: [UInt32] = [0x0001_EB9F, 24, 0, size, size, UInt32(strings.count)]
        return (head + words).flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
            + strings
    }()
    private static let functionType: UInt32 = 3
    private static let checkedAloneType: UInt32 = 6

    /// How many instructions the verifier went through, of the million that it allows; nil where the kernel (before
    /// 5.16) does not say.
    public var verifiedInstructions: Int? {
        let count = taprecipe_program_verified(descriptor)
        return count > 0 ? Int(count) : nil
    }

    /// How often it was not run, as it was under way already: in other probes of the same processor too, of some kinds.
    public var missedRuns: UInt64 { UInt64(max(taprecipe_program_missed(descriptor), 0)) }

    /// Runs it once, in this thread, without arguments; of tracepoints' alone.
    public func run() throws(BPFError) {
        let result = taprecipe_program_run(descriptor)
        guard result == 0 else { throw BPFError(operation: .runProgram(name), code: -result) }
    }

    /// What it is attached by.
    public var descriptor: Int32 { object.descriptor }
}
