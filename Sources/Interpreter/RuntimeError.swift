public import Lowering

/// What goes wrong while a handler runs: the facts, without words.
public enum RuntimeError: Error, Sendable, Equatable {
    /// `/` or `%` by 0.
    case divisionByZero
    /// A value was asked of a statistic that has none.
    case emptyAggregate
    /// There is no such bucket.
    case histogramIndex
    /// A full array took a new element; the size that the script gives it.
    case arrayOverflow(size: Int?)
    /// MAXACTION.
    case actionsExceeded
    /// A loop in the kernel has no more rounds than this: before Linux 5.17, its length is bound when it is loaded.
    case roundsExceeded(Int)
    /// MAXNESTING.
    case nestingExceeded
    /// `next` in a function that has no other of its name behind it.
    case functionsExhausted
    /// The script's `error(…)` or `assert(…)`.
    case script([UInt8])
    /// `stringat` beyond the string.
    case position
    /// `matched(n)` after a text that did not match; nil is `ngroups()`.
    case noMatch(Int64?)
    /// `matched(n)` of an expression that has fewer groups.
    case noGroup(Int64)
    /// `randint` of more than 2²⁰.
    case randomRange
    /// `ctime` of a time that 32 bits can't hold.
    case time(isFuture: Bool)
    /// `cpu_clock_*` of a processor that is not there.
    case processorOffline(Int64)
    /// Memory that can't be read.
    case readFault(address: UInt64)
    /// Memory that can't be written.
    case writeFault(address: UInt64)
    /// A string of the traced program that can't be read, with the kernel's error number.
    case userStringFault(code: Int, address: UInt64)
    /// Registers are asked of an event that has none.
    case noRegisters
    /// Arguments are asked of an event that is no function.
    case noArguments
    /// `ustack(n)` of a stack that is not so deep.
    case stackDepth(Int64)
    /// A value that only the kernel had when the event happened, and that nobody kept. No `catch` sees it, since what
    /// a handler would do then is not what the script says.
    case missing(MissingValue)
}

/// A value that can't be had outside the kernel.
public enum MissingValue: Sendable, Equatable {
    /// What a built-in function tells of the event.
    case intrinsic(Intrinsic)
    /// A variable of the traced program, as the script calls it.
    case variable(String)
    /// What `@entry` saw.
    case entry
    /// The argument of a tracepoint.
    case eventArgument(Int)
    /// Memory at an address.
    case memory(UInt64)
    /// A value that should have been kept.
    case captured(Int)
}
