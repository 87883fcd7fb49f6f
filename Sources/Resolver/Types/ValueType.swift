import StapLanguage

/// The types that a script's values have: stap(1), LITERALS and STATISTICS.
public enum ValueType: String, Sendable, Equatable {
    /// A 64-bit integer.
    case long
    /// A string.
    case string
    /// A statistic, which `<<<` feeds and extractors such as `@count` read.
    case stats

    init(_ declared: FunctionDeclaration.ValueType) { self = declared == .long ? .long : .string }

    init(_ argument: FormatConversion.Argument) { self = argument == .number ? .long : .string }
}
