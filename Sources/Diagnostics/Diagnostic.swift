/// How bad a diagnostic is.
public enum Severity: String, Sendable, Comparable, Codable {
    /// Something to know; nothing stops.
    case note
    /// Something the user probably did not mean; nothing stops.
    case warning
    /// What was asked cannot be done.
    case error

    private var rank: Int {
        switch self {
        case .note: 0
        case .warning: 1
        case .error: 2
        }
    }

    /// Orders by how bad it is.
    public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
}

/// A change to a source that would mend what a diagnostic complains of.
public struct FixIt: Sendable, Equatable, Codable {
    /// What to replace.
    public var range: SourceRange
    /// What to put there.
    public var replacement: String

    /// Creates a fix.
    public init(range: SourceRange, replacement: String) {
        self.range = range
        self.replacement = replacement
    }
}

/// A problem found in an input: what was found, where, and what would mend it.
///
/// Messages start lower case, quote names in `'…'`, say what was found and then what was expected, and have
/// no full stop. Each target has one file that turns its facts into these words.
public struct Diagnostic: Error, Sendable, Equatable, Codable {
    /// A further fact, with its own place or none.
    public struct Note: Sendable, Equatable, Codable {
        /// The words.
        public var message: String
        /// Where, if anywhere.
        public var range: SourceRange?

        /// Creates a note.
        public init(_ message: String, at range: SourceRange? = nil) {
            self.message = message
            self.range = range
        }
    }

    /// How bad it is.
    public var severity: Severity
    /// The sentence.
    public var message: String
    /// Where, if it has a place.
    public var range: SourceRange?
    /// Further facts: alternatives, how to mend it, where the other definition is.
    public var notes: [Note]
    /// The change that would mend it, where one is clearly meant.
    public var fixIt: FixIt?

    /// Creates a diagnostic.
    public init(
        _ severity: Severity, _ message: String, at range: SourceRange? = nil, notes: [Note] = [],
        fixIt: FixIt? = nil
    ) {
        self.severity = severity
        self.message = message
        self.range = range
        self.notes = notes
        self.fixIt = fixIt
    }

    /// An error with plain notes.
    public static func error(
        _ message: String, at range: SourceRange? = nil, notes: [String] = [], fixIt: FixIt? = nil
    ) -> Diagnostic {
        Diagnostic(.error, message, at: range, notes: notes.map { Note($0) }, fixIt: fixIt)
    }

    /// A warning with plain notes.
    public static func warning(
        _ message: String, at range: SourceRange? = nil, notes: [String] = []
    ) -> Diagnostic {
        Diagnostic(.warning, message, at: range, notes: notes.map { Note($0) })
    }
}

/// Every problem that a stage found, thrown together; holds at least one error.
public struct DiagnosticsError: Error, Sendable {
    /// The problems, in the order of their places.
    public var diagnostics: [Diagnostic]

    /// Creates it from what was found.
    public init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }

    /// Creates it from one problem.
    public init(_ diagnostic: Diagnostic) { self.diagnostics = [diagnostic] }
}

extension [Diagnostic] {
    /// Whether any of them is an error.
    public var hasErrors: Bool { contains { $0.severity == .error } }

    /// Throws all of them if one is an error.
    public func throwIfErrors() throws(DiagnosticsError) {
        if hasErrors { throw DiagnosticsError(self) }
    }
}
