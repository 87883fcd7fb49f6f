import DebugInfo
import Diagnostics
import Resolver
import Templater

extension ScriptTraits.ReturnHazard {
    /// What may happen.
    var words: String {
        let program = path.split(separator: "/").last.map(String.init) ?? path
        switch walker {
        case .exceptions:
            return
                "an exception or panic that passes '\(function)' while it has a return probe ends '\(program)'"
        case .goRuntime:
            return "Go's runtime ends '\(program)' where it meets the return probe of '\(function)'"
        }
    }
}

extension ResolvedScript {
    /// The same as warnings, each at its probe.
    var returnWarnings: [Diagnostic] { traits.returnHazards.map { .warning($0.words, at: $0.range) } }
}

extension CheckedScript {
    /// Refuses to place return probes where they may end a program.
    func requireHarmlessReturns() throws {
        guard !resolved.traits.returnHazards.isEmpty else { return }
        throw MappedError(
            diagnostics: resolved.traits.returnHazards.map { hazard in
                let note =
                    switch hazard.walker {
                    case .exceptions: "give --allow-return-probes where none passes it"
                    case .goRuntime:
                        "--allow-return-probes places it nevertheless: never in a service that is wanted"
                    }
                return .error(hazard.words, at: hazard.range, notes: [note])
            }, map: script.map)
    }
}
