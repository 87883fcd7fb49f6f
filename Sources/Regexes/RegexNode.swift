/// A part of a regular expression over bytes.
public indirect enum RegexNode: Sendable, Equatable {
    /// Nothing, which is everywhere.
    case empty
    /// One byte of a set.
    case byte(ByteSet)
    /// `^`: the text's start.
    case lineStart
    /// `$`: the text's end.
    case lineEnd
    /// One behind the other.
    case sequence([RegexNode])
    /// `|`.
    case alternatives([RegexNode])
    /// `(…)`, by its number from 1.
    case group(RegexNode, number: Int)
    /// `*`, `+`, `?`, `{n,m}`; nil is any number of times.
    case repeated(RegexNode, atLeast: Int, atMost: Int?)
}
