import Diagnostics
import Regexes

/// What is wrong with a script's names and types: the facts, without words.
enum TypeProblem {
    /// No function has this name; those that there are, and whether the tapset's were among them.
    case unknownFunction(String, known: [String], hasTapset: Bool)
    /// The function takes other numbers of arguments.
    case argumentCount(String, given: Int, takes: [Int], at: SourceRange?)
    /// An array or statistic that is not declared `global`.
    case undeclaredArray(String, known: [String])
    /// A name used with two numbers of indexes; where the other is. Zero indexes is no array.
    case arity(String, Int, first: Int, at: SourceRange?)
    /// `*` as an index where one element is meant.
    case wildcard
    /// `delete` of what is neither a variable nor an element.
    case deleted
    /// `=` or `++` on what keeps no value.
    case notAssignable(meansMember: Bool)
    /// A probe's condition with a name that is not a global variable.
    case conditionVariable(String)
    /// A probe's condition that calls a function.
    case conditionFunction(String)
    /// A value of one type where another is needed.
    case mismatch(found: ValueType, expected: ValueType)
    /// A name that has another type elsewhere.
    case conflict(Subject, found: ValueType, known: ValueType, at: SourceRange?)
    /// Two sides of an operator.
    case sides(ValueType, ValueType)
    /// The number of a `printf`'s arguments.
    case formatArguments(String, given: Int, takes: Int)
    /// The type of a `printf`'s argument.
    case formatType(String, found: ValueType, expected: ValueType)
    /// A variable that nothing gives a value; names like it.
    case neverAssigned(String, isGlobal: Bool, known: [String])
    /// A call of a function that returns nothing, as a value.
    case noResult(String)
    /// An expression whose type nothing decides.
    case unresolved
    /// A statistic where a value is needed; how it is written.
    case statisticAsValue(String)
    /// `<<<` into a variable that is not global.
    case localStatistic(String)
    /// `foreach (… @count+)` over an array of other values.
    case sortedByAggregate(String)
    /// `global x%` of a scalar.
    case wrappedScalar(String)
    /// A regular expression that stap does not take, and why.
    case regex(RegexSyntaxError)
    /// A histogram with more than one index.
    case histogramIndexes
    /// A statistic from which histograms of two shapes are taken.
    case histogramShapes(String, at: SourceRange)
    /// An array of a declared size that is used without an index.
    case sizedScalar(String, at: SourceRange)
    /// `break` or `continue` outside a loop.
    case outsideLoop(String)
    /// `@probewrite` of a variable of the traced program, which stap takes in its own aliases only.
    case probeWriteOfTarget

    /// What has a type.
    enum Subject {
        case variable(String)
        case parameter(String, of: String)
        case index(Int, of: String)
        case result(of: String)
    }
}
