import BPFCompiler
import Glibc
import Interpreter
import Lowering

/// The event that a record tells of, as far as the process needs it: what was sent, and who sent it.
final class RecordEvent: EventContext {
    /// The probe.
    var binding: ProbeBinding
    /// The processor that it happened on.
    var processor = 0
    /// The process in the upper half, the thread in the lower.
    var processAndThread: UInt64 = 0
    /// Nanoseconds since the machine booted, without sleep.
    var time: UInt64 = 0
    /// What was sent.
    var values: [Value] = []
    /// Who knows the stack and the symbols.
    var symbolizer: any Symbolizer = UnknownEvent()
    private let target: Int32

    init(_ binding: ProbeBinding, target: Int32) {
        self.binding = binding
        self.target = target
    }

    func value(of function: Intrinsic, _ arguments: [Value]) throws(RuntimeError) -> Value {
        switch function {
        case .pid: .integer(Int64(processAndThread >> 32))
        case .tid: .integer(Int64(processAndThread & 0xFFFF_FFFF))
        case .cpu: .integer(Int64(processor))
        case .target: .integer(Int64(target))
        case .HZ: .integer(KernelTick.hertz)
        case .pp: .text(Array(binding.text.utf8))
        case .ppfunc, .probefunc: .text(Array(binding.function.utf8))
        case .localClockNanoseconds, .cpuClockNanoseconds: .integer(Int64(clamping: time))
        case .localClockMicroseconds, .cpuClockMicroseconds: .integer(Int64(clamping: time / 1000))
        case .localClockMilliseconds, .cpuClockMilliseconds: .integer(Int64(clamping: time / 1_000_000))
        case .localClockSeconds, .cpuClockSeconds: .integer(Int64(clamping: time / 1_000_000_000))
        default: throw .missing(.intrinsic(function))
        }
    }

    func read(_ read: MemoryRead, operands: [Int64]) throws(RuntimeError) -> Int64 {
        throw .missing(.variable(read.text))
    }

    func write(_ value: Int64, to read: MemoryRead, operands: [Int64]) throws(RuntimeError) {
        throw .missing(.variable(read.text))
    }

    func memory(at address: UInt64, count: Int, isUser: Bool) throws(RuntimeError) -> [UInt8] {
        throw .missing(.memory(address))
    }

    func entry(_ index: Int) throws(RuntimeError) -> Value { throw .missing(.entry) }

    func captured(_ index: Int) throws(RuntimeError) -> Value {
        guard values.indices.contains(index) else { throw .missing(.entry) }
        return values[index]
    }

    func eventArgument(_ index: Int) throws(RuntimeError) -> Int64 { throw .missing(.eventArgument(index)) }
}
