public import Diagnostics
public import StapLanguage

/// A statement.
///
/// MAXACTION counts those that run.
public struct Action: Sendable {
    /// What it does.
    public indirect enum Kind: Sendable {
        /// Evaluates something for its effects.
        case evaluate(Term)
        /// Prints by a format.
        case print(PrintFormat, [Term])
        /// `print(@hist_log(array[keys]))`.
        case printHistogram(Histogram, of: Int, [Term])
        /// `if (…) … else …`.
        case choose(Term, then: [Action], otherwise: [Action])
        /// `while` and `for`; nil is a condition that always holds.
        case loop(condition: Term?, step: Term?, body: [Action])
        /// `foreach (…) …`.
        case foreach(ForeachLoop)
        /// `try … catch (error) …`; the local that takes the message.
        case attempt(body: [Action], error: Int?, handler: [Action])
        /// `return …`.
        case leave(Term?)
        /// `delete` of a whole global variable.
        case clear(Int)
        /// `delete array[keys]`; nil is `*`.
        case remove(Int, [Term?])
        /// `break`.
        case exitLoop
        /// `continue`.
        case nextRound
        /// `next`: ends the handler.
        case next
    }

    /// What it does.
    public var kind: Kind
    /// Where it stands.
    public var range: SourceRange

    /// Creates an action.
    public init(_ kind: Kind, at range: SourceRange) {
        self.kind = kind
        self.range = range
    }
}

/// A loop over an array's elements, or a histogram's buckets.
public struct ForeachLoop: Sendable {
    /// The array.
    public var array: Int
    /// The locals that take the keys, in their order.
    public var keys: [Int]
    /// The local that takes the value.
    public var value: Int?
    /// Only elements with these keys; nil is any.
    ///
    /// Empty without a slice.
    public var slice: [Term?]
    /// How it is sorted; without, by the time of insertion.
    public var sorting: Foreach.Sorting?
    /// The most rounds.
    public var limit: Term?
    /// What is done.
    public var body: [Action]

    /// Creates a loop.
    public init(
        array: Int, keys: [Int], value: Int?, slice: [Term?], sorting: Foreach.Sorting?, limit: Term?,
        body: [Action]
    ) {
        self.array = array
        self.keys = keys
        self.value = value
        self.slice = slice
        self.sorting = sorting
        self.limit = limit
        self.body = body
    }
}
