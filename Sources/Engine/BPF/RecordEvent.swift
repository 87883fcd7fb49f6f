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
    /// Where the values that tell of other values' failures are: 0, or a site's number plus 1; then what it is about.
    var failures: [Int: Int] = [:]
    /// Where the values of built-in functions are.
    var context: [Intrinsic: Int] = [:]
    /// What failed at a site, about a value.
    var failure: (_ site: Int, _ value: UInt64) -> RuntimeError = { _, _ in .missing(.entry) }
    /// Who knows the stack and the symbols.
    var symbolizer: any Symbolizer = UnknownEvent()
    /// The target and its descendants.
    let targetSet: any TargetSet
    private let target: Int32

    init(_ binding: ProbeBinding, target: Int32, targetSet: any TargetSet) {
        self.binding = binding
        self.target = target
        self.targetSet = targetSet
    }

    func value(of function: Intrinsic, _ arguments: [Value]) throws(RuntimeError) -> Value {
        switch function {
        case .pid: return .integer(Int64(processAndThread >> 32))
        case .tid: return .integer(Int64(processAndThread & 0xFFFF_FFFF))
        case .cpu: return .integer(Int64(processor))
        case .target: return .integer(Int64(target))
        case .sessionProcess: return .integer(Int64(getpid()))
        case .targetSet:
            guard case .integer(let process)? = arguments.first else { throw .missing(.intrinsic(function)) }
            return .integer(try targetSet.contains(process) ? 1 : 0)
        case .HZ: return .integer(KernelTick.hertz)
        case .pp: return .text(Array(binding.text.utf8))
        case .ppfunc, .probefunc: return .text(Array(binding.function.utf8))
        case .localClockNanoseconds, .cpuClockNanoseconds: return .integer(Int64(clamping: time))
        case .localClockMicroseconds, .cpuClockMicroseconds: return .integer(Int64(clamping: time / 1000))
        case .localClockMilliseconds, .cpuClockMilliseconds:
            return .integer(Int64(clamping: time / 1_000_000))
        case .localClockSeconds, .cpuClockSeconds: return .integer(Int64(clamping: time / 1_000_000_000))
        default:
            guard let place = context[function] else { throw .missing(.intrinsic(function)) }
            return try captured(place)
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
        if let place = failures[index], values.indices.contains(place), values[place] != .integer(0),
            case .integer(let site) = values[place]
        {
            var about: Int64 = 0
            if values.indices.contains(place + 1), case .integer(let value) = values[place + 1] {
                about = value
            }
            throw failure(Int(clamping: site) - 1, UInt64(bitPattern: about))
        }
        return values[index]
    }

    func eventArgument(_ index: Int) throws(RuntimeError) -> Int64 { throw .missing(.eventArgument(index)) }
}
