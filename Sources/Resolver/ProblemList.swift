import Diagnostics

/// Collects problems; one that recurs at further addresses of the same probe is told once.
struct ProblemList {
    private var found: [Diagnostic] = []
    private var places: [String: Int] = [:]
    /// The problem that each place had last: to put one into words costs a search for likely names.
    private var latest: [Int: ResolverProblem] = [:]
    private var repeats: [Int: [String]] = [:]

    /// How many different places have a problem.
    var count: Int { found.count }

    /// Takes a problem; `function` says where it was met, for one that recurs.
    mutating func add(_ problem: ResolverProblem, at range: SourceRange, function: String? = nil) {
        let key = "\(range.source.name) \(range.lower) \(range.upper)"
        if let known = places[key] {
            guard latest[known] != problem else { return }
            latest[known] = problem
            let diagnostic = problem.diagnostic(at: range)
            if diagnostic.message != found[known].message, let function,
                repeats[known]?.contains(function) != true
            {
                repeats[known, default: []].append(function)
            }
            return
        }
        places[key] = found.count
        latest[found.count] = problem
        found.append(problem.diagnostic(at: range))
    }

    /// All of them.
    var diagnostics: [Diagnostic] {
        found.enumerated().map { index, diagnostic in
            guard let functions = repeats[index] else { return diagnostic }
            var diagnostic = diagnostic
            let more = functions.count > 5 ? " and \(functions.count - 5) more" : ""
            diagnostic.notes.append(
                .init("the same in \(functions.prefix(5).joined(separator: ", "))\(more)"))
            return diagnostic
        }
    }
}
