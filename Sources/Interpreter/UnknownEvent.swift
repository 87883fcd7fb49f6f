public import Lowering

/// An event of which nothing is known: where no handler runs yet, and what other contexts fall back on.
public final class UnknownEvent: EventContext, Symbolizer {
    /// Creates one.
    public init() {}

    public func value(of function: Intrinsic, _ arguments: [Value]) throws(RuntimeError) -> Value {
        throw .missing(.intrinsic(function))
    }

    public func read(_ read: MemoryRead, operands: [Int64]) throws(RuntimeError) -> Int64 {
        throw .missing(.variable(read.text))
    }

    public func write(_ value: Int64, to read: MemoryRead, operands: [Int64]) throws(RuntimeError) {
        throw .missing(.variable(read.text))
    }

    public func memory(at address: UInt64, count: Int, isUser: Bool) throws(RuntimeError) -> [UInt8] {
        throw .missing(.memory(address))
    }

    public func entry(_ index: Int) throws(RuntimeError) -> Value { throw .missing(.entry) }

    public func eventArgument(_ index: Int) throws(RuntimeError) -> Int64 {
        throw .missing(.eventArgument(index))
    }

    public func captured(_ index: Int) throws(RuntimeError) -> Value { throw .missing(.captured(index)) }

    public var symbolizer: any Symbolizer { self }

    public func backtrace(_ form: BacktraceForm) throws(RuntimeError) -> [UInt8] {
        throw .missing(.intrinsic(.ubacktrace))
    }

    public func frame(_ index: Int64) throws(RuntimeError) -> UInt64? { throw .missing(.intrinsic(.ustack)) }

    public func symbol(_ form: SymbolForm, at address: UInt64) throws(RuntimeError) -> [UInt8] {
        throw .missing(.intrinsic(.usymname))
    }
}
