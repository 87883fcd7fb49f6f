import Diagnostics

/// What is wrong with a template or with a value's use in it, without words.
struct TemplateProblem {
    /// The kinds.
    enum Kind {
        /// What the lexer found.
        case notSystemTap(Diagnostic)
        /// `{{` without `}}` on its line.
        case unclosed
        /// `{{…}}` holds neither a name nor a condition.
        case malformed(String)
        /// A condition marker stands in a string literal or a comment.
        case conditionInside(Template.Context)
        /// `{{/if}}` without an opening, or closing another kind.
        case unopened(isNegated: Bool)
        /// A condition that is not closed.
        case unclosedCondition(String)
        /// A condition opens in one token and closes in another.
        case conditionAcrossTokens(String)
        /// More than 16 conditions in each other.
        case tooDeep
        /// No parameter has this name.
        case unknownParameter(String, known: [String])
        /// An optional parameter without default, outside an `{{#if}}` for it.
        case maybeUnset(String)
        /// The parameter is known to be unset there.
        case surelyUnset(String)
        /// The placeholder touches a name, a number or another placeholder.
        case glued(String)
        /// The placeholder stands where only an operator can follow.
        case notAnOperand(String)
        /// The parameter's value can never stand there.
        case refused(String, Refusal)
        /// A parameter that the script does not use.
        case unused(String)
    }

    /// What is wrong.
    var kind: Kind
    /// Where, in the script.
    var range: Range<Int>

    init(_ kind: Kind, at range: Range<Int>) {
        self.kind = kind
        self.range = range
    }
}

/// Why a value cannot stand where its placeholder stands.
enum Refusal: Error, Equatable {
    /// The value holds a NUL, which ends a C string.
    case nul
    /// The value is longer than any literal may be.
    case tooLong(Int)
    /// Text in embedded C, where no quoting makes it safe.
    case textInEmbeddedC
    /// Behind `$` or `->` only a plain identifier can stand.
    case notAnIdentifier
    /// A list's element holds the comma that separates them.
    case commaInElement
    /// An empty list has no alternation.
    case emptyAlternation
    /// A regular expression whose brackets do not match.
    case unbalancedRegex
    /// A placeholder in a bracket expression (`[…]`), where escapes mean nothing.
    case insideBracketExpression
    /// A regular expression with a byte beyond ASCII, which makes stap 4.8 crash.
    case regexBeyondASCII
    /// Text behind an unfinished `%` of a format.
    case insideConversion
    /// A path that stap would expand as a glob.
    case globInPath
    /// A duration that is not a whole number of milliseconds.
    case fractionOfMillisecond
    /// A size that SystemTap's 64-bit signed integers cannot hold.
    case sizeTooLarge
    /// A negative number in a preprocessor's condition, which knows none.
    case negativeInCondition
    /// A list within a list.
    case nestedList
}
