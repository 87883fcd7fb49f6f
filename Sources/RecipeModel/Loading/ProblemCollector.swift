import Diagnostics

/// What a file is to hold, as messages call it.
public enum DocumentKind: String, Sendable {
    /// A recipe.
    case recipe
    /// A runbook.
    case runbook
    /// A bundle of both.
    case bundle = "recipe bundle"
    /// A file of the keys whose bundles are believed.
    case trustedKeys = "file of trusted keys"
}

/// Collects what is wrong with a recipe or runbook, so that all of it is said at once.
final class ProblemCollector {
    private let kind: DocumentKind
    private(set) var diagnostics: [Diagnostic] = []

    init(_ kind: DocumentKind = .recipe) { self.kind = kind }

    var hasErrors: Bool { diagnostics.hasErrors }

    func report(_ problem: RecipeProblem, at range: SourceRange?) {
        diagnostics.append(problem.diagnostic(at: range, in: kind))
    }

    /// Adds a note to the problems from one on.
    func note(_ note: Diagnostic.Note, from index: Int) {
        for place in diagnostics.indices where place >= index { diagnostics[place].notes.append(note) }
    }

    /// Adds a note to the problems of other files than one.
    func note(_ note: Diagnostic.Note, outside source: SourceFile) {
        for place in diagnostics.indices {
            guard let range = diagnostics[place].range, range.source !== source else { continue }
            if !diagnostics[place].notes.contains(note) { diagnostics[place].notes.append(note) }
        }
    }

    /// The problems in the order of their places; those without one first.
    var sorted: [Diagnostic] {
        diagnostics.enumerated().sorted {
            ($0.element.range?.lower ?? -1, $0.offset) < ($1.element.range?.lower ?? -1, $1.offset)
        }.map(\.element)
    }
}
