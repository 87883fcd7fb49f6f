/// What can be wrong with the arguments for a recipe; `ArgumentMessages` says it in words.
enum ArgumentProblem: Error {
    case unknown(String, recipe: String, known: [String])
    case missing(Parameter)
    case repeated(Parameter, count: Int)
    /// An option without a value whose parameter is no boolean.
    case lacksValue(Parameter)
    case value(Parameter, ValueProblem, given: [UInt8])
    /// The default does not do here, as an executable that is not on PATH.
    case defaultValue(Parameter, ValueProblem, ParameterValue)

    // The commands' own options.
    case limitWithoutValue(String)
    case unknownLimit(String)
    case limitOutOfRange(String, ClosedRange<Int64>, written: String)
    case badBuffer(String)
    case time(option: String, DurationText.Problem, written: String)
    case size(option: String, SizeText.Problem, written: String)
}
