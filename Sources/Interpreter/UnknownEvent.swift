public import Lowering

/// An event of which nothing is known: where no handler runs yet, and what other contexts fall back on.
public final class UnknownEvent: EventContext, Symbolizer, TargetSet {
    /// Creates one.
    public init() {}

    /// The value of a built-in function.
    public func value(of function: Intrinsic, _ arguments: [Value]) throws(RuntimeError) -> Value {
        throw .missing(.intrinsic(function))
    }

    /// What a variable of the traced program holds.
    public func read(_ read: MemoryRead, operands: [Int64]) throws(RuntimeError) -> Int64 {
        throw .missing(.variable(read.text))
    }

    /// Writes a variable of the traced program.
    public func write(_ value: Int64, to read: MemoryRead, operands: [Int64]) throws(RuntimeError) {
        throw .missing(.variable(read.text))
    }

    /// Memory for `%m` and `%M`.
    public func memory(at address: UInt64, count: Int, isUser: Bool) throws(RuntimeError) -> [UInt8] {
        throw .missing(.memory(address))
    }

    /// What `@entry`'s operand was.
    public func entry(_ index: Int) throws(RuntimeError) -> Value { throw .missing(.entry) }

    /// The argument of a tracepoint.
    public func eventArgument(_ index: Int) throws(RuntimeError) -> Int64 {
        throw .missing(.eventArgument(index))
    }

    /// A value that was kept.
    public func captured(_ index: Int) throws(RuntimeError) -> Value { throw .missing(.captured(index)) }

    /// Who tells the stack and names addresses.
    public var symbolizer: any Symbolizer { self }

    /// The target and its descendants.
    public var targetSet: any TargetSet { self }

    /// Whether a process is one of them.
    public func contains(_ process: Int64) throws(RuntimeError) -> Bool {
        throw .missing(.intrinsic(.targetSet))
    }

    /// Those that live.
    public func members() throws(RuntimeError) -> [(process: Int64, parent: Int64)] {
        throw .missing(.intrinsic(.targetSetReport))
    }

    /// The user stack, as text.
    public func backtrace(_ form: BacktraceForm) throws(RuntimeError) -> [UInt8] {
        throw .missing(.intrinsic(.ubacktrace))
    }

    /// The kernel's stack, as text.
    public func kernelBacktrace(_ form: BacktraceForm, stack: [UInt8]) throws(RuntimeError) -> [UInt8] {
        throw .missing(.intrinsic(.backtrace))
    }

    /// The address of a frame.
    public func frame(_ index: Int64) throws(RuntimeError) -> UInt64? { throw .missing(.intrinsic(.ustack)) }

    /// What is at an address.
    public func symbol(_ form: SymbolForm, at address: UInt64) throws(RuntimeError) -> [UInt8] {
        throw .missing(.intrinsic(.usymname))
    }
}
