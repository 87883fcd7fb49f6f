import BPFCompiler
import Diagnostics
import Lowering
import RecipeModel
import Synchronization

/// A script's latest compilation: the check makes it, the run loads it, and a run with raised limits makes another.
final class Compilation: Sendable {
    private let latest = Mutex<(key: Key, script: CompiledScript)?>(nil)

    /// What a script is compiled for.
    struct Key: Equatable {
        var limits: Limits
        /// The kernel.
        var release: String
        /// Whether there is a target, so that only it and its descendants are traced.
        var hasTarget: Bool
    }

    /// A script, the same at each call, compiled; throws what cannot be done, each at its place.
    func script(_ program: Program, for key: Key) throws(DiagnosticsError) -> CompiledScript {
        if let known = latest.withLock({ $0 }), known.key == key { return known.script }
        let script = try CompiledScript(program, CompilerOptions(key))
        latest.withLock { $0 = (key, script) }
        return script
    }
}
