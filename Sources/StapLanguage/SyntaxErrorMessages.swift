import Diagnostics

/// The words for each syntax error; no other file of this target holds any.
extension SyntaxError {
    func diagnostic(at range: SourceRange) -> Diagnostic {
        .error(message, at: range, notes: notes)
    }

    private var message: String {
        switch self {
        case .unterminatedComment: "comment is not closed, expected '*/'"
        case .unterminatedString: "string literal is not closed, expected '\"' before the end of the line"
        case .unterminatedEmbeddedC: "embedded C is not closed, expected '%}'"
        case .invalidNumber(let text): "'\(text)' is not a decimal, octal or hexadecimal number of 64 bits"
        case .invalidBytes: "bytes that no token begins with, expected SystemTap in ASCII"
        }
    }

    private var notes: [String] { [] }
}
