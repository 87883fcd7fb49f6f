import Diagnostics
import StapLanguage

/// The handlers of probe points that are not there: a variable that only they give a value has none now, which is no
/// mistake of its own.
struct MissedProbes {
    private let functions: [FunctionDeclaration]
    private var bodies: [Statement] = []

    init(_ tree: ScriptTree) { functions = tree.functions }

    /// Takes what would have run.
    mutating func add(_ bodies: [Statement]) { self.bodies += bodies }

    /// What may be found only because they are not there.
    struct Findings {
        fileprivate let names: Set<String>
        fileprivate let written: Set<Int>

        /// Whether a problem is of these: of a name of theirs, or of a variable that something writes, as what it is
        /// given may come of theirs.
        func include(_ problem: TypeProblem, at range: SourceRange) -> Bool {
            guard !names.isEmpty else { return false }
            switch problem {
            case .neverAssigned(let name, _, _):
                return names.contains(name) || written.contains(range.lower)
            case .sortedByAggregate(let name): return names.contains(name)
            default: return false
            }
        }
    }

    /// The findings that follow from them.
    ///
    /// - Parameter written: Where the variables stand that something writes.
    /// - Returns: The findings.
    func findings(written: Set<Int>) -> Findings { Findings(names: names, written: written) }

    /// The names of the variables and functions in it, and in the functions that it calls.
    private var names: Set<String> {
        var names: Set<String> = []
        var pending = bodies
        while let body = pending.popLast() {
            body.walkExpressions { expression in
                switch expression.kind {
                case .variable(let name): names.insert(name.text)
                case .call(let name, _):
                    guard names.insert(name.text).inserted else { break }
                    for function in functions where function.name.text == name.text {
                        names.formUnion(function.parameters.map(\.name.text))
                        if case .block(let inner) = function.body { pending.append(inner) }
                    }
                default: break
                }
                return true
            }
        }
        return names
    }
}
