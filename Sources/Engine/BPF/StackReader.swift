import BPFCompiler
import Backtraces
import Interpreter
import Lowering
import ProcessMaps

/// Tells the stack of the event at hand, and what its process has at addresses.
///
/// Binaries are read by whom the catalog asks; this process sees registers, stack bytes and answers only.
final class StackReader: Symbolizer {
    private let tracker: MappingTracker?
    private var spaces = AddressSpaces()
    private let unwinder: Unwinder
    private let maximumBacktrace: Int
    private let text: BacktraceText
    private var memo = BacktraceMemo()
    private var kernel: KernelStackReader?
    /// The event's process.
    var process: Int32 = 0
    /// When it was, in nanoseconds of CLOCK_MONOTONIC.
    var time: UInt64 = .max
    /// The event's stack, where it was sent.
    var sample: RecordValues.Stack?
    /// The probed file, for `probemod`.
    var probedFile: String?
    /// `pp()` of the event.
    var probePoint = ""

    /// Creates a reader.
    ///
    /// - Parameters:
    ///   - maximumStringLength: MAXSTRINGLEN.
    ///   - maximumBacktrace: MAXBACKTRACE.
    ///   - readsPrograms: Whether stacks and symbols of programs are asked for.
    ///   - kernel: Who tells the kernel's stacks and symbols, where they are asked for.
    ///   - ask: Hands a question to an `UnwindService` and gives its answer.
    init(
        maximumStringLength: Int, maximumBacktrace: Int, readsPrograms: Bool, kernel: KernelStackReader?,
        ask: @escaping ([UInt8]) throws -> [UInt8]
    ) {
        self.kernel = kernel
        self.maximumBacktrace = maximumBacktrace
        let catalog = ModuleCatalog(ask: ask)
        unwinder = Unwinder(catalog)
        text = BacktraceText(AddressNames(catalog), maximumStringLength: maximumStringLength)
        // Without it, processes that end at once are not known; `/proc` tells of the others.
        tracker = readsPrograms ? try? MappingTracker() : nil
    }

    /// Bytes that are copied below the stack pointer.
    static var bytesBelow: Int { Architecture.bytesBelowStackPointer }

    /// What the process had mapped when the event was, however it went on.
    private func space() -> AddressSpace {
        if let tracker { spaces.hear(tracker.drain()) }
        for event in spaces.advance(to: time) {
            if case .lost = event.change { memo.forgetAll() } else { memo.forget(event.process) }
        }
        return spaces.space(of: process) ?? AddressSpace(process: process)
    }

    /// What the process had mapped before execve(2), where it has not returned from that: its registers are still those
    /// of the program before, whose stack is gone.
    private func spaceBeforeExecution(_ space: AddressSpace, holding address: UInt64) -> AddressSpace? {
        guard space.mapping(at: address) == nil, let former = spaces.formerSpace(of: process),
            former.mapping(at: address) != nil
        else { return nil }
        return former
    }

    private func unwound(in space: AddressSpace) throws(RuntimeError) -> Backtrace {
        guard let sample else { throw .missing(.intrinsic(.ubacktrace)) }
        let registers = UserRegisters(.host, sample.registers)
        let start = registers.stackPointer &- UInt64(Architecture.bytesBelowStackPointer)
        return unwinder.unwind(
            StackSample(
                registers: registers, stackAddress: start, stack: sample.bytes,
                hiddenReturns: hiddenReturns(of: sample, from: start, in: space)), in: space,
            limit: maximumBacktrace)
    }

    /// What the places of the stack held that hold the kernel's trampoline now; the last to be kept counts.
    private func hiddenReturns(
        of sample: RecordValues.Stack, from start: UInt64, in space: AddressSpace
    ) -> [StackSample.HiddenReturn] {
        func isTrampoline(_ address: UInt64) -> Bool {
            space.mapping(at: address)?.file.kind == .returnProbes
        }
        return sample.returns.reversed().compactMap { place, address in
            guard let offset = Int(exactly: place &- start), offset + 8 <= sample.bytes.count,
                isTrampoline(UInt64(bitPattern: sample.bytes.integer(at: offset))), !isTrampoline(address)
            else { return nil }
            return StackSample.HiddenReturn(stackAddress: place, returnAddress: address)
        }
    }

    func backtrace(_ form: BacktraceForm) throws(RuntimeError) -> [UInt8] {
        let space = space()
        if let sample {
            let pc = sample.registers[Architecture.host.programCounter]
            if pc == 0 || spaceBeforeExecution(space, holding: pc) != nil {
                return Array(BacktraceText.missing(AddressForm(form), at: probePoint).utf8)
            }
        }
        let backtrace = try unwound(in: space)
        return memo.text(of: backtrace.programCounters, form, process: process) {
            let words =
                switch form {
                case .addresses, .simple: text.string(backtrace, AddressForm(form), in: space)
                case .full, .brief, .fileLine: text.printed(backtrace, AddressForm(form), in: space)
                }
            return Array(words.utf8)
        }
    }

    func kernelBacktrace(_ form: BacktraceForm, stack: [UInt8]) throws(RuntimeError) -> [UInt8] {
        guard !stack.isEmpty, kernel != nil else {
            return Array((form == .addresses ? "\n" : "<no kernel backtrace at \(probePoint)>\n").utf8)
        }
        return kernel?.text(of: stack, form) ?? []
    }

    func frame(_ index: Int64) throws(RuntimeError) -> UInt64? {
        let frames = try unwound(in: space()).programCounters
        return frames.indices.contains(Int(clamping: index)) ? frames[Int(clamping: index)] : nil
    }

    func symbol(_ form: SymbolForm, at address: UInt64) throws(RuntimeError) -> [UInt8] {
        if let kernelForm = AddressForm(kernel: form) {
            return Array((kernel?.text(of: address, kernelForm) ?? "").utf8)
        }
        let current = space()
        let space = spaceBeforeExecution(current, holding: address) ?? current
        let words: String
        switch form {
        case .name: words = text.string(address, .symbol, in: space)
        case .data: words = text.string(address, .data, in: space)
        case .file: words = text.string(address, .file, in: space)
        case .line: words = text.string(address, .line, in: space)
        case .fileLine: words = text.string(address, .fileAndLine, in: space)
        case .module:
            guard let name = text.module(of: address, in: space) else {
                throw .script(Array("user module cannot be found".utf8))
            }
            words = name
        case .probedModule: words = probedFile ?? ""
        case .kernelName, .kernelData: throw .missing(.intrinsic(.symname))
        }
        return Array(words.utf8)
    }
}

extension AddressForm {
    /// How an address of the kernel is written; nil for what is said of a program's.
    fileprivate init?(kernel form: SymbolForm) {
        switch form {
        case .kernelName: self = .symbol
        case .kernelData: self = .data
        default: return nil
        }
    }

    /// How a stack's addresses are written.
    init(_ form: BacktraceForm) {
        self =
            switch form {
            case .addresses: .hexadecimal
            case .simple: .simple
            case .full: .full
            case .brief: .brief
            case .fileLine: .fuller
            }
    }
}
