import Diagnostics

/// What can be wrong with a script's text, as facts.
enum SyntaxError: Equatable {
    case unterminatedComment
    case unterminatedString
    case unterminatedEmbeddedC
    case invalidNumber(String)
    case invalidBytes
}
