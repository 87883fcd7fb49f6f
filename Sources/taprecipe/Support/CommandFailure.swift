import Diagnostics

/// What a command could not do because of something outside: exit code 1.
struct CommandFailure: Error {
    let diagnostic: Diagnostic

    init(_ message: String, notes: [String] = []) { diagnostic = .error(message, notes: notes) }
}
