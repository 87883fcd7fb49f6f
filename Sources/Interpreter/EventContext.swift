public import Lowering

/// What belongs to the event for which a handler runs: the process, its registers and memory, the time.
///
/// Everything is as it was when the event happened. What nobody has kept is ``RuntimeError/missing(_:)``, which ends
/// the handler; a fault of the traced program's memory is an error that the script can catch.
public protocol EventContext: AnyObject {
    /// The value of a built-in function that reads the event, whose ``Intrinsic/Site`` is `event`, or of `target`,
    /// `stp_pid` and `HZ`. Of the functions that read strings, only `user_string_n` with two arguments is asked; the
    /// others follow.
    func value(of function: Intrinsic, _ arguments: [Value]) throws(RuntimeError) -> Value

    /// What a variable of the traced program holds. The operands are the values of the read's terms, in their order:
    /// the pointer that it starts at, then the indexes of its steps.
    func read(_ read: MemoryRead, operands: [Int64]) throws(RuntimeError) -> Int64

    /// Writes a variable of the traced program, in guru mode.
    func write(_ value: Int64, to read: MemoryRead, operands: [Int64]) throws(RuntimeError)

    /// Memory for `%m` and `%M`; of the traced program, or the kernel's.
    func memory(at address: UInt64, count: Int, isUser: Bool) throws(RuntimeError) -> [UInt8]

    /// What `@entry`'s operand was where the function began, by its index.
    func entry(_ index: Int) throws(RuntimeError) -> Value

    /// The argument of a tracepoint, by its index.
    func eventArgument(_ index: Int) throws(RuntimeError) -> Int64

    /// A value that was kept of the event, by its index.
    func captured(_ index: Int) throws(RuntimeError) -> Value

    /// Who tells the event's stack and names its addresses.
    var symbolizer: any Symbolizer { get }

    /// The target and its descendants.
    var targetSet: any TargetSet { get }
}

/// Tells the stack at which an event happened, and what its process has at an address.
public protocol Symbolizer: AnyObject {
    /// The user stack, as text.
    func backtrace(_ form: BacktraceForm) throws(RuntimeError) -> [UInt8]

    /// The kernel's stack, as text, by what ``Intrinsic/kernelStack`` gave.
    func kernelBacktrace(_ form: BacktraceForm, stack: [UInt8]) throws(RuntimeError) -> [UInt8]

    /// The address of a frame, from 0, the innermost; nil where the stack is not so deep.
    func frame(_ index: Int64) throws(RuntimeError) -> UInt64?

    /// What is at an address.
    func symbol(_ form: SymbolForm, at address: UInt64) throws(RuntimeError) -> [UInt8]
}

/// How a stack is written: a program's by functions with a `u` in their names, the kernel's by those without.
public enum BacktraceForm: Sendable, CaseIterable {
    /// `ubacktrace`: hexadecimal addresses in one line.
    case addresses
    /// `sprint_ubacktrace`: lines of symbols, cut at whole lines below MAXSTRINGLEN.
    case simple
    /// `print_ubacktrace`: lines of addresses, symbols and modules.
    case full
    /// `print_ubacktrace_brief`: lines of symbols.
    case brief
    /// `print_ubacktrace_fileline`: like full, with files and lines.
    case fileLine
}

/// What is said of an address.
public enum SymbolForm: Sendable, CaseIterable {
    /// `usymname`: the symbol, or the address.
    case name
    /// `usymdata`: the symbol with offset, size and module.
    case data
    /// `umodname`: the file's name.
    case module
    /// `usymfile`: the source file.
    case file
    /// `usymline`: the source line.
    case line
    /// `usymfileline`: both.
    case fileLine
    /// `symname`: a symbol of the kernel.
    case kernelName
    /// `symdata`: the same with offset, size and module.
    case kernelData
    /// `probemod`: the module of the probed address.
    case probedModule
}
