extension RegexAutomatonError {
    /// The words of a diagnostic.
    public var words: String {
        switch self {
        case .syntax(let error): "the regular expression cannot be read from byte \(error.position + 1) on"
        case .size(.instructions(let limit)):
            "the regular expression is too large: its repetitions need more than \(limit) steps"
        case .size(.states(let limit)):
            "the regular expression is too large: its automaton has more than \(limit) states"
        }
    }
}
