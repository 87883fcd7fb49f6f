/// `-`, `+`, `!`, `~`.
public enum UnaryOperator: String, Sendable, Equatable, CaseIterable {
    /// `-`.
    case minus = "-"
    /// `+`.
    case plus = "+"
    /// `!`.
    case not = "!"
    /// `~`.
    case complement = "~"
}

/// `++` and `--`.
public enum IncrementOperator: String, Sendable, Equatable, CaseIterable {
    /// `++`.
    case increment = "++"
    /// `--`.
    case decrement = "--"
}

/// The operators between two values that change neither.
public enum BinaryOperator: String, Sendable, Equatable, CaseIterable {
    /// `||`.
    case or = "||"
    /// `&&`.
    case and = "&&"
    /// `|`.
    case bitOr = "|"
    /// `^`.
    case bitXor = "^"
    /// `&`.
    case bitAnd = "&"
    /// `==`.
    case equal = "=="
    /// `!=`.
    case notEqual = "!="
    /// `<`.
    case less = "<"
    /// `<=`.
    case lessOrEqual = "<="
    /// `>`.
    case greater = ">"
    /// `>=`.
    case greaterOrEqual = ">="
    /// `<<`.
    case shiftLeft = "<<"
    /// `>>`.
    case shiftRight = ">>"
    /// `>>>`: the shift that fills with zeros.
    case shiftRightLogical = ">>>"
    /// `+`.
    case add = "+"
    /// `-`.
    case subtract = "-"
    /// `.`: string concatenation.
    case concatenate = "."
    /// `*`.
    case multiply = "*"
    /// `/`.
    case divide = "/"
    /// `%`.
    case remainder = "%"
}

/// The operators that change their left side.
public enum AssignmentOperator: String, Sendable, Equatable, CaseIterable {
    /// `=`.
    case assign = "="
    /// `<<<`.
    case accumulate = "<<<"
    /// `+=`.
    case add = "+="
    /// `-=`.
    case subtract = "-="
    /// `*=`.
    case multiply = "*="
    /// `/=`.
    case divide = "/="
    /// `%=`.
    case remainder = "%="
    /// `<<=`.
    case shiftLeft = "<<="
    /// `>>=`.
    case shiftRight = ">>="
    /// `&=`.
    case bitAnd = "&="
    /// `^=`.
    case bitXor = "^="
    /// `|=`.
    case bitOr = "|="
    /// `.=`.
    case concatenate = ".="
}

/// The extractors of stap(1), STATISTICS.
public enum StatisticOperator: String, Sendable, Equatable, CaseIterable {
    /// `@count`.
    case count
    /// `@sum`.
    case sum
    /// `@min`.
    case min
    /// `@max`.
    case max
    /// `@avg`.
    case average = "avg"
    /// `@variance`.
    case variance
}
