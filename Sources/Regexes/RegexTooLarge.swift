/// Why an expression that is written well cannot be compiled.
public enum RegexTooLarge: Error, Equatable {
    /// Its repetitions need more instructions than these.
    case instructions(Int)
    /// Its automaton has more states than these.
    case states(Int)
}
