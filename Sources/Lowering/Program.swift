public import Diagnostics
public import StapLanguage

/// A script made ready for an engine that runs it itself: every name is an index, every type is known, every
/// read of the traced program is a way from a register or an address.
///
/// The built-in engine compiles a program's handlers to BPF, or interprets them, from this one form.
public struct Program: Sendable {
    /// The script's global variables, by index.
    public var globals: [GlobalVariable] = []
    /// The functions that handlers call, by index.
    ///
    /// One with target expressions is there once for each handler that calls it, since it reads something else
    /// there.
    public var functions: [Function] = []
    /// The handlers, by index.
    ///
    /// Points at which a probe means the same share one.
    public var handlers: [Handler] = []
    /// What is probed, in the script's order.
    public var probes: [ProbeBinding] = []
    /// The regular expressions of `=~`, by index.
    public var patterns: [StringLiteral] = []

    /// Creates an empty program.
    public init() {}
}

/// The types that a value may have.
public enum ValueType: String, Sendable, Equatable {
    /// A 64-bit integer.
    case integer
    /// A string of less than MAXSTRINGLEN bytes without zeros.
    case text
}

/// A global variable.
public struct GlobalVariable: Sendable {
    /// What it holds.
    public enum Shape: Sendable, Equatable {
        /// One value.
        case scalar(ValueType)
        /// One statistic.
        case statistic
        /// Values or statistics by keys of these types.
        case array(keys: [ValueType], Element)
    }

    /// What an array holds.
    public enum Element: Sendable, Equatable {
        /// Values.
        case value(ValueType)
        /// Statistics.
        case statistic
    }

    /// Its name.
    public var name: String
    /// What it holds.
    public var shape: Shape
    /// `[n]`: the most elements; nil is MAXMAPENTRIES.
    public var capacity: Int?
    /// `%`: whether a full array drops its oldest elements.
    public var wraps: Bool
    /// What a scalar starts as; nil is 0 or the empty string.
    public var initial: Constant?
    /// The histograms that are asked of a statistic; stap allows one shape of `@hist_linear` each.
    public var histograms: [Histogram] = []
    /// Whether `@variance` is asked of a statistic.
    public var hasVariance = false
    /// The bits by which a statistic's values are shifted for `@variance(…, bits)`; stap allows one number each.
    public var varianceShift: Int64 = 0
    /// Where it is declared.
    public var range: SourceRange

    /// Creates a variable.
    public init(
        name: String, shape: Shape, capacity: Int? = nil, wraps: Bool = false, initial: Constant? = nil,
        range: SourceRange
    ) {
        self.name = name
        self.shape = shape
        self.capacity = capacity
        self.wraps = wraps
        self.initial = initial
        self.range = range
    }
}

/// A constant value.
public enum Constant: Sendable, Hashable {
    /// An integer.
    case integer(Int64)
    /// A string.
    case text([UInt8])
}

/// A local variable or parameter.
///
/// It starts as 0 or the empty string.
public struct LocalVariable: Sendable, Equatable {
    /// Its name.
    public var name: String
    /// Its type.
    public var type: ValueType

    /// Creates a variable.
    public init(name: String, type: ValueType) {
        self.name = name
        self.type = type
    }
}

/// A function of the script.
public struct Function: Sendable {
    /// Its name.
    public var name: String
    /// The first locals are the parameters.
    public var parameterCount: Int
    /// Its variables.
    public var locals: [LocalVariable]
    /// What it returns; nil for nothing, which is read as 0.
    public var result: ValueType?
    /// What it does.
    public var body: [Action]
    /// Where it is declared.
    public var range: SourceRange

    /// Creates a function.
    public init(
        name: String, parameterCount: Int, locals: [LocalVariable], result: ValueType?, body: [Action],
        range: SourceRange
    ) {
        self.name = name
        self.parameterCount = parameterCount
        self.locals = locals
        self.result = result
        self.body = body
        self.range = range
    }
}

/// What runs at one or more probe points.
public struct Handler: Sendable {
    /// Its variables.
    public var locals: [LocalVariable] = []
    /// The probe point's `if (…)`.
    public var condition: Term?
    /// What it does.
    public var body: [Action] = []
    /// The operands of `@entry`, evaluated where the function begins.
    public var entries: [Term] = []
    /// Where the probe stands.
    public var range: SourceRange

    /// Creates a handler that does nothing.
    public init(range: SourceRange) { self.range = range }
}
