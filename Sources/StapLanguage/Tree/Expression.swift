public import Diagnostics

/// An expression and where it stands.
public struct Expression: Sendable, Equatable {
    /// What it says.
    public indirect enum Kind: Sendable, Equatable {
        /// An integer.
        case number(Int64)
        /// A string.
        case string(StringLiteral)
        /// A script variable, or a function without parentheses.
        case variable(Name)
        /// `array[1, *]`; nil is `*`.
        case element(of: Expression, indexes: [Expression?])
        /// `name(…)`.
        case call(name: Name, arguments: [Expression])
        /// `printf(…)` and its kin.
        case print(PrintCall)
        /// Everything that DWARF must answer: `$x->y[1]$`, `@var(…)`, `@cast(…)->z`, `&$x`, `p->q`.
        case target(TargetExpression)
        /// `@count(v)` and its kin; `@variance` may have a bit shift.
        case statistic(StatisticOperator, of: Expression, parameter: Int64?)
        /// `@hist_log(v)` or `@hist_linear(v, start, stop, interval)`.
        case histogram(of: Expression, shape: Histogram)
        /// `@defined(…)`.
        case defined(Expression)
        /// `@entry(…)`.
        case entry(Expression)
        /// `@probewrite(…)`.
        case probeWrite(Expression)
        /// `@const("…")`.
        case constant(StringLiteral)
        /// `@perf("…")`.
        case perf(StringLiteral)
        /// `@kderef(size, address)` or `@uderef(size, address)`.
        case dereference(AddressSpace, size: Int64, address: Expression)
        /// `@kregister(n)` or `@uregister(n)`.
        case register(AddressSpace, number: Int64)
        /// `%{ … %}`.
        case embeddedC(EmbeddedC)
        /// `-x`, `!x`, `~x`, `+x`.
        case unary(UnaryOperator, Expression)
        /// `++x`, `x--`.
        case increment(IncrementOperator, isPrefix: Bool, Expression)
        /// `x + y`, `x && y`, `x < y`, `x . y`.
        case binary(BinaryOperator, Expression, Expression)
        /// `x =~ "…"` or, where `negated`, `x !~ "…"`.
        case regexMatch(Expression, pattern: StringLiteral, negated: Bool)
        /// `[x, *] in array`; nil is `*`.
        case membership(indexes: [Expression?], array: Expression)
        /// `x ? y : z`.
        case ternary(condition: Expression, then: Expression, otherwise: Expression)
        /// `x = y`, `x += y`, `x <<< y`.
        case assignment(AssignmentOperator, to: Expression, value: Expression)
    }

    /// What it says.
    public var kind: Kind
    /// Where it stands.
    @Located public var range: SourceRange

    /// Creates an expression.
    public init(_ kind: Kind, at range: SourceRange) {
        self.kind = kind
        self.range = range
    }
}

/// A call of one of the printing functions.
public struct PrintCall: Sendable, Equatable {
    /// The function: `print`, `println`, `printd`, `printdln`, `printf` and the same with `s` before, or
    /// `print_char`.
    public var name: Name
    /// The format of `printf`, or the delimiter of `printd`.
    public var format: StringLiteral?
    /// What is printed.
    public var arguments: [Expression]

    /// Creates a call.
    public init(name: Name, format: StringLiteral? = nil, arguments: [Expression]) {
        self.name = name
        self.format = format
        self.arguments = arguments
    }
}

/// A histogram's buckets.
public enum Histogram: Sendable, Equatable {
    /// `@hist_log`: powers of two.
    case logarithmic
    /// `@hist_linear`: from `start` to `stop` in steps of `interval`.
    case linear(start: Int64, stop: Int64, interval: Int64)
}

/// Whose memory or registers.
public enum AddressSpace: String, Sendable, Equatable {
    /// The kernel's.
    case kernel = "k"
    /// The traced process's.
    case user = "u"
}
