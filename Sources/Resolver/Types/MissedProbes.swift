import StapLanguage

/// The handlers of probe points that are not there: a variable that only they give a value has none now, which is no
/// mistake of its own.
struct MissedProbes {
    private let functions: [FunctionDeclaration]
    private var bodies: [Statement] = []

    init(_ tree: ScriptTree) { functions = tree.functions }

    /// Takes what would have run.
    mutating func add(_ bodies: [Statement]) { self.bodies += bodies }

    /// The names of the variables and functions in it, and in the functions that it calls.
    var names: Set<String> {
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

extension TypeProblem {
    /// Whether it may be there only because handlers with these names are not.
    func follows(from missed: Set<String>) -> Bool {
        switch self {
        case .neverAssigned(let name, _, _), .sortedByAggregate(let name): missed.contains(name)
        default: false
        }
    }
}
