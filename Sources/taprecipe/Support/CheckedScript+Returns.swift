import DebugInfo
import Diagnostics
import Resolver
import Templater

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
