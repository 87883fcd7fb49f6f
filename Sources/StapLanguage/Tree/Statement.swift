public import Diagnostics

/// A statement and where it stands.
public struct Statement: Sendable, Equatable {
    /// What it says.
    public indirect enum Kind: Sendable, Equatable {
        /// `;`.
        case empty
        /// An expression whose value is thrown away.
        case expression(Expression)
        /// `{ … }`.
        case block([Statement])
        /// `if (…) … else …`.
        case `if`(condition: Expression, then: Statement, otherwise: Statement?)
        /// `while (…) …`.
        case `while`(condition: Expression, body: Statement)
        /// `for (…; …; …) …`.
        case `for`(initial: Expression?, condition: Expression?, step: Expression?, body: Statement)
        /// `foreach (… in …) …`.
        case foreach(Foreach)
        /// `try { … } catch (name) { … }`.
        case `try`(body: Statement, error: Name?, handler: Statement)
        /// `return …`.
        case `return`(Expression?)
        /// `delete …`.
        case delete(Expression)
        /// `break`.
        case `break`
        /// `continue`.
        case `continue`
        /// `next`.
        case next
    }

    /// What it says.
    public var kind: Kind
    /// Where it stands.
    @Located public var range: SourceRange

    /// Creates a statement.
    public init(_ kind: Kind, at range: SourceRange) {
        self.kind = kind
        self.range = range
    }
}

/// A loop over an array or a histogram.
public struct Foreach: Sendable, Equatable {
    /// Which way to sort.
    public enum Direction: String, Sendable, Equatable {
        /// `+`.
        case ascending = "+"
        /// `-`.
        case descending = "-"
    }

    /// What to sort by, and which way.
    public struct Sorting: Sendable, Equatable {
        /// What is compared.
        public enum Key: Sendable, Equatable {
            /// The index at this place, from 0.
            case index(Int)
            /// The value, or this aggregate of it.
            case value(StatisticOperator?)
        }

        /// What is compared.
        public var key: Key
        /// Which way.
        public var direction: Direction

        /// Creates a sorting.
        public init(key: Key, direction: Direction) {
            self.key = key
            self.direction = direction
        }
    }

    /// The variables that take the indexes.
    public var indexes: [Name]
    /// Whether the indexes stand in brackets, as they must when there are several.
    public var value: Name?
    /// The array or histogram.
    public var collection: Expression
    /// `array[1, *]`: only elements with these indexes; nil is `*`.
    public var slice: [Expression?]?
    /// How it is sorted.
    public var sorting: Sorting?
    /// The most iterations.
    public var limit: Expression?
    /// What is done.
    public var body: Statement

    /// Creates a loop.
    public init(
        indexes: [Name], value: Name? = nil, collection: Expression, slice: [Expression?]? = nil,
        sorting: Sorting? = nil, limit: Expression? = nil, body: Statement
    ) {
        self.indexes = indexes
        self.value = value
        self.collection = collection
        self.slice = slice
        self.sorting = sorting
        self.limit = limit
        self.body = body
    }
}
