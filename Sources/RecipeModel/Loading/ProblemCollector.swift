import Diagnostics

/// Collects what is wrong with a recipe, so that all of it is said at once.
final class ProblemCollector {
    private(set) var diagnostics: [Diagnostic] = []

    var hasErrors: Bool { diagnostics.hasErrors }

    func report(_ problem: RecipeProblem, at range: SourceRange?) {
        diagnostics.append(problem.diagnostic(at: range))
    }

    /// The problems in the order of their places; those without one first.
    var sorted: [Diagnostic] {
        diagnostics.enumerated().sorted {
            ($0.element.range?.lower ?? -1, $0.offset) < ($1.element.range?.lower ?? -1, $1.offset)
        }.map(\.element)
    }
}
