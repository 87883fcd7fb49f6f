public import DebugInfo
public import Diagnostics
public import StapLanguage

/// An expression of known type.
public struct Term: Sendable {
    /// What it is.
    public indirect enum Kind: Sendable {
        /// An integer.
        case number(Int64)
        /// A string.
        case text([UInt8])
        /// A variable of the handler or function.
        case local(Int)
        /// A scalar global variable.
        case global(Int)
        /// An array's element; one that is not there is 0 or the empty string.
        case element(Int, [Term])
        /// `-x`, `~x`, `!x` of an integer.
        case unary(UnaryOperator, Term)
        /// An operation on integers: arithmetic, comparison, `&&` and `||`, which evaluate the right side only
        /// where it counts.
        case binary(BinaryOperator, Term, Term)
        /// A comparison of strings.
        case compare(BinaryOperator, Term, Term)
        /// `x . y`.
        case concatenate(Term, Term)
        /// Whether a string matches a pattern, an index into ``Program/patterns``.
        case matches(Term, pattern: Int)
        /// `[x, *] in array`; nil is `*`.
        case contains(Int, [Term?])
        /// `x ? y : z`.
        case choice(Term, then: Term, otherwise: Term)
        /// `x = y`; its value is y.
        case assign(Place, Term)
        /// `x += y` and its kin, `x .= y` too; its value is the place's new one.
        case update(BinaryOperator, Place, Term)
        /// `++x` (the new value) or `x++` (the old one); by 1 or -1.
        case increment(Place, by: Int64, isPrefix: Bool)
        /// `array[keys] <<< y`; of a scalar statistic, without keys.
        case accumulate(Int, [Term], Term)
        /// `@count(array[keys])` and its kin; `@variance` may have a bit shift.
        case statistic(StatisticOperator, of: Int, [Term], parameter: Int64?)
        /// `@hist_log(array[keys])[index]`.
        case bucket(Histogram, of: Int, [Term], index: Term)
        /// A call of a function of the script.
        case call(Int, [Term])
        /// A call of a function that the engine has built in; all its arguments are there.
        case intrinsic(Intrinsic, [Term])
        /// A read of the traced program.
        case read(MemoryRead)
        /// `sprintf` and its kin.
        case format(PrintFormat, [Term])
        /// A string, or another where something in it fails: `try … catch` around one value.
        case attempt(Term, otherwise: Term)
        /// `@entry(…)`, an index into ``Handler/entries``.
        case entry(Int)
        /// The argument of a tracepoint, by its place in the prototype.
        case eventArgument(Int)
        /// A value that a BPF program has kept of the event for a handler that our process runs, by its place among
        /// those that it kept.
        case captured(Int)
    }

    /// What it is.
    public var kind: Kind
    /// The type of its value.
    public var type: ValueType
    /// Where it stands.
    public var range: SourceRange

    /// Creates a term.
    public init(_ kind: Kind, _ type: ValueType, at range: SourceRange) {
        self.kind = kind
        self.type = type
        self.range = range
    }
}

/// What can be assigned to.
public indirect enum Place: Sendable {
    /// A variable of the handler or function.
    case local(Int)
    /// A scalar global variable.
    case global(Int)
    /// An array's element.
    case element(Int, [Term])
    /// Memory of the traced program, in guru mode.
    case memory(MemoryRead)
}

/// How a value of the traced program is read (or written).
public struct MemoryRead: Sendable {
    /// Where the way begins.
    public enum Start: Sendable {
        /// At a variable's place at the probed instruction.
        case location(Location)
        /// At a place that the file fixes, in the address space of the file of this path.
        case fixed(address: UInt64, path: String)
        /// At what the function returns.
        case returnValue
        /// At the address that this value is.
        case pointer(Term)
    }

    /// A part of the way.
    public enum Step: Sendable {
        /// Adds to the address, in bytes.
        case offset(UInt64)
        /// Reads the pointer at the address, which is the next address.
        case dereference
        /// Adds an index times a size in bytes.
        case index(Term, size: UInt64)
    }

    /// What is read at the end.
    public enum Value: Sendable, Equatable {
        /// An integer of 1, 2, 4 or 8 bytes.
        case integer(size: Int, isSigned: Bool)
        /// Bits, counted from the lowest of the byte at the address.
        case bitField(offset: Int, width: Int, isSigned: Bool)
        /// The address itself.
        case address
    }

    /// Where it begins.
    public var start: Start
    /// The way, empty for the variable itself.
    public var steps: [Step]
    /// What is read at the end.
    public var value: Value
    /// Whether it reads the kernel's memory, not the traced program's.
    public var isOfKernel = false
    /// How the script calls it, for messages.
    public var text: String

    /// Creates a read.
    public init(start: Start, steps: [Step], value: Value, text: String) {
        self.start = start
        self.steps = steps
        self.value = value
        self.text = text
    }
}
