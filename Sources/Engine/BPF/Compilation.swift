import BPFCompiler
import Diagnostics
import Lowering
import RecipeModel
import Synchronization

/// A script's latest compilation: the check makes it, the run loads it, and a run with raised limits makes another.
final class Compilation: Sendable {
    private let latest = Mutex<(limits: Limits, release: String, script: CompiledScript)?>(nil)

    /// A script, the same at each call, compiled for limits and a kernel; throws what cannot be done, each at its place.
    func script(
        _ program: Program, _ limits: Limits, release: String
    ) throws(DiagnosticsError) -> CompiledScript {
        if let known = latest.withLock({ $0 }), known.limits == limits, known.release == release {
            return known.script
        }
        let script = try CompiledScript(program, CompilerOptions(limits, target: 0, release: release))
        latest.withLock { $0 = (limits, release, script) }
        return script
    }
}
