import Diagnostics
import Engine
import Resolver

extension RunPlan {
    /// What is known before the run to make its result less than it looks.
    var warnings: [Diagnostic] {
        let seen = Self.warnings(of: doubts)
        let returns = resolved?.traits.returnHazards.map { Diagnostic.warning($0.words) } ?? []
        return seen + returns + reachWarnings
    }

    /// What is known when the engine has been chosen, kept for the summary.
    mutating func takeDoubts(of engine: Finding.Engine) -> [Diagnostic] {
        guard engine == .stap else { return [] }
        doubts += stapDoubts
        return stapWarnings
    }

    /// What is known to make a result of stap's less than it looks.
    var stapWarnings: [Diagnostic] { Self.warnings(of: stapDoubts) }

    private static func warnings(of doubts: [String]) -> [Diagnostic] {
        doubts.map { .warning($0, notes: ["the result is going to be inconclusive"]) }
    }
}
