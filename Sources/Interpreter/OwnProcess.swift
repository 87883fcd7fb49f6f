public import Glibc
public import Lowering

/// The event of begin, end, error and timer handlers: our own process, whose memory no script reads.
public final class OwnProcess: EventContext {
    private let binding: ProbeBinding
    private let target: Int64
    private let clock: (clockid_t) -> Int64
    /// Who tells the stack and names addresses.
    public let symbolizer: any Symbolizer
    /// The target and its descendants.
    public let targetSet: any TargetSet

    /// Creates it for a probe.
    ///
    /// The target is the process of `target()`, 0 without one; the clock gives nanoseconds of a clock of
    /// clock_gettime(2).
    public init(
        _ binding: ProbeBinding, target: Int64 = 0, symbolizer: any Symbolizer = UnknownEvent(),
        targetSet: any TargetSet = UnknownEvent(),
        clock: @escaping (clockid_t) -> Int64 = OwnProcess.systemClock
    ) {
        self.binding = binding
        self.target = target
        self.symbolizer = symbolizer
        self.targetSet = targetSet
        self.clock = clock
    }

    /// The system's clocks.
    public static func systemClock(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// The value of a built-in function.
    public func value(of function: Intrinsic, _ arguments: [Value]) throws(RuntimeError) -> Value {
        switch function {
        case .pid, .sessionProcess: return .integer(Int64(getpid()))
        case .tid: return .integer(Self.thread)
        case .ppid: return .integer(Int64(getppid()))
        case .uid: return .integer(Int64(getuid()))
        case .euid: return .integer(Int64(geteuid()))
        case .gid: return .integer(Int64(getgid()))
        case .egid: return .integer(Int64(getegid()))
        case .cpu: return .integer(Self.processor)
        case .target: return .integer(target)
        case .targetSet: return .integer(try targetSet.contains(arguments[0].integer) ? 1 : 0)
        case .execname: return .text(Self.name(of: getpid()))
        case .pexecname: return .text(Self.name(of: getppid()))
        case .pp: return .text(Array(binding.text.utf8))
        case .ppfunc, .probefunc: return .text(Array(binding.function.utf8))
        case .isReturn, .userMode, .uaddr: return .integer(0)
        case .kernelStack: return .text([])
        case .register, .unsignedRegister: throw .noRegisters
        case .intArgument, .unsignedArgument, .longArgument: throw .noArguments
        case .userStringCount:
            throw .userStringFault(code: -Int(EFAULT), address: UInt64(bitPattern: arguments[0].integer))
        case .userChar, .userShort, .userInt, .userLong, .userUnsignedShort, .userUnsignedInt,
            .userUnsignedLong,
            .userInt8, .userInt16, .userInt32, .userInt64, .userUInt8, .userUInt16, .userUInt32, .userUInt64:
            throw .readFault(address: UInt64(bitPattern: arguments[0].integer))
        default: return .integer(try time(function, arguments))
        }
    }

    private func time(_ function: Intrinsic, _ arguments: [Value]) throws(RuntimeError) -> Int64 {
        switch function {
        case .gettimeofdaySeconds: return clock(CLOCK_REALTIME) / 1_000_000_000
        case .gettimeofdayMilliseconds: return clock(CLOCK_REALTIME) / 1_000_000
        case .gettimeofdayMicroseconds: return clock(CLOCK_REALTIME) / 1000
        case .gettimeofdayNanoseconds: return clock(CLOCK_REALTIME)
        case .HZ: return KernelTick.hertz
        case .jiffies: return KernelTick.jiffies(at: clock(CLOCK_MONOTONIC))
        case .localClockSeconds: return clock(CLOCK_MONOTONIC) / 1_000_000_000
        case .localClockMilliseconds: return clock(CLOCK_MONOTONIC) / 1_000_000
        case .localClockMicroseconds: return clock(CLOCK_MONOTONIC) / 1000
        case .localClockNanoseconds: return clock(CLOCK_MONOTONIC)
        case .cpuClockSeconds: return try processorClock(arguments[0].integer) / 1_000_000_000
        case .cpuClockMilliseconds: return try processorClock(arguments[0].integer) / 1_000_000
        case .cpuClockMicroseconds: return try processorClock(arguments[0].integer) / 1000
        case .cpuClockNanoseconds: return try processorClock(arguments[0].integer)
        default: throw .missing(.intrinsic(function))
        }
    }

    private func processorClock(_ number: Int64) throws(RuntimeError) -> Int64 {
        guard number >= 0, number < Int64(sysconf(Int32(_SC_NPROCESSORS_ONLN))) else {
            throw .processorOffline(number)
        }
        return clock(CLOCK_MONOTONIC)
    }

    /// A process's name of at most 15 bytes, as the kernel keeps it.
    static func name(of process: pid_t) -> [UInt8] {
        Array(contents(of: "/proc/\(process)/comm").prefix { $0 != UInt8(ascii: "\n") })
    }

    /// Our thread: the first word of its `stat` (proc(5)).
    private static var thread: Int64 {
        let first = contents(of: "/proc/thread-self/stat").prefix { $0 != UInt8(ascii: " ") }
        return Int64(String(decoding: first, as: UTF8.self)) ?? Int64(getpid())
    }

    /// The processor that we run on: the 39th word of `stat`.
    ///
    /// The second is a name in parentheses, which may hold anything.
    private static var processor: Int64 {
        let stat = contents(of: "/proc/thread-self/stat")
        guard let name = stat.lastIndex(of: UInt8(ascii: ")")) else { return 0 }
        let words = stat[(name + 1)...].split(separator: UInt8(ascii: " "))
        return words.count > 36 ? Int64(String(decoding: words[36], as: UTF8.self)) ?? 0 : 0
    }

    /// The beginning of a file of the kernel's; empty where there is none.
    static func contents(of path: String) -> [UInt8] {
        guard let file = fopen(path, "re") else { return [] }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 1024)
        return Array(buffer[..<fread(&buffer, 1, buffer.count, file)])
    }

    /// What a variable of the traced program holds.
    public func read(_ read: MemoryRead, operands: [Int64]) throws(RuntimeError) -> Int64 {
        guard case .pointer = read.start, let address = operands.first else { throw .noRegisters }
        throw .readFault(address: UInt64(bitPattern: address))
    }

    /// Writes a variable of the traced program.
    public func write(_ value: Int64, to read: MemoryRead, operands: [Int64]) throws(RuntimeError) {
        guard case .pointer = read.start, let address = operands.first else { throw .noRegisters }
        throw .writeFault(address: UInt64(bitPattern: address))
    }

    /// Memory for `%m` and `%M`.
    public func memory(at address: UInt64, count: Int, isUser: Bool) throws(RuntimeError) -> [UInt8] {
        throw .readFault(address: address)
    }

    /// What `@entry`'s operand was.
    public func entry(_ index: Int) throws(RuntimeError) -> Value { throw .missing(.entry) }

    /// The argument of a tracepoint.
    public func eventArgument(_ index: Int) throws(RuntimeError) -> Int64 {
        throw .missing(.eventArgument(index))
    }

    /// A value that was kept.
    public func captured(_ index: Int) throws(RuntimeError) -> Value { throw .missing(.captured(index)) }
}
