public import Lowering

/// The event of handlers that run once for each process that was there before the session: what `/proc` tells of it.
public final class RunningProcess: EventContext {
    private let own: OwnProcess
    private let process: Int32
    private let thread: Int32

    /// Creates it for a probe and a thread of a process.
    public init(_ own: OwnProcess, process: Int32, thread: Int32) {
        (self.own, self.process, self.thread) = (own, process, thread)
    }

    /// The value of a built-in function.
    public func value(of function: Intrinsic, _ arguments: [Value]) throws(RuntimeError) -> Value {
        switch function {
        case .pid: .integer(Int64(process))
        case .tid: .integer(Int64(thread))
        case .ppid: .integer(word("PPid", 0))
        case .uid: .integer(word("Uid", 0))
        case .euid: .integer(word("Uid", 1))
        case .gid: .integer(word("Gid", 0))
        case .egid: .integer(word("Gid", 1))
        case .execname: .text(OwnProcess.name(of: thread))
        case .pexecname: .text(OwnProcess.name(of: Int32(clamping: word("PPid", 0))))
        case .userMode: .integer(1)
        default: try own.value(of: function, arguments)
        }
    }

    /// A word of a line of the thread's `status` (proc(5)); 0 once it is gone.
    private func word(_ key: String, _ index: Int) -> Int64 {
        let status = String(decoding: OwnProcess.contents(of: "/proc/\(thread)/status"), as: UTF8.self)
        let line = status.split(separator: "\n").first { $0.hasPrefix("\(key):") } ?? ""
        let words = line.split { $0 == "\t" || $0 == " " }.dropFirst()
        return words.count > index ? Int64(words[words.startIndex + index]) ?? 0 : 0
    }

    /// What a variable of the traced program holds.
    public func read(_ read: MemoryRead, operands: [Int64]) throws(RuntimeError) -> Int64 {
        try own.read(read, operands: operands)
    }

    /// Writes a variable of the traced program.
    public func write(_ value: Int64, to read: MemoryRead, operands: [Int64]) throws(RuntimeError) {
        try own.write(value, to: read, operands: operands)
    }

    /// Memory for `%m` and `%M`.
    public func memory(at address: UInt64, count: Int, isUser: Bool) throws(RuntimeError) -> [UInt8] {
        try own.memory(at: address, count: count, isUser: isUser)
    }

    /// What `@entry`'s operand was.
    public func entry(_ index: Int) throws(RuntimeError) -> Value { try own.entry(index) }

    /// The argument of a tracepoint.
    public func eventArgument(_ index: Int) throws(RuntimeError) -> Int64 { try own.eventArgument(index) }

    /// A value that was kept.
    public func captured(_ index: Int) throws(RuntimeError) -> Value { try own.captured(index) }

    /// Who tells the stack and names addresses.
    public var symbolizer: any Symbolizer { own.symbolizer }

    /// The target and its descendants.
    public var targetSet: any TargetSet { own.targetSet }
}
