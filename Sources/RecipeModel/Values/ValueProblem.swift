/// Why a text is no value of a parameter's type.
enum ValueProblem: Error, Equatable {
    /// More bytes than any value may have.
    case tooLarge(limit: Int)
    case notUTF8
    case holdsNUL
    case empty
    case notAnInteger
    case integerTooLarge
    case outOfRange(minimum: Int64?, maximum: Int64?)
    case tooLong(count: Int, limit: Int)
    case doesNotMatch(String)
    case regex(RegexSyntax.Problem)
    case duration(DurationText.Problem)
    case size(SizeText.Problem)
    case notALoad
    case notAShare
    case notABoolean
    case notAChoice([String])
    case notAnIdentifier
    case notAPid
    /// A bare name that no folder of PATH has.
    case notOnPath(isHere: Bool)
}
