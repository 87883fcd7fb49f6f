import Diagnostics
import Engine
import Resolver

extension RunPlan {
    /// What is known before the run to make its result less than it looks.
    var warnings: [Diagnostic] {
        let seen = doubts.map { doubt in
            Diagnostic.warning("\(doubt)", notes: ["the result is going to be inconclusive"])
        }
        let returns = resolved?.traits.returnHazards.map { Diagnostic.warning($0.words) } ?? []
        return seen + returns + reachWarnings
    }
}
