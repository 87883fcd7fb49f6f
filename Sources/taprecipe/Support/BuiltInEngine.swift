import Diagnostics
import Engine
import Lowering
import RecipeModel
import Resolver
import StapLanguage
import Templater

/// A script as the built-in engine takes it, or what of the script it does not do.
struct BuiltInEngine {
    /// The engine; nil where it does not do the whole script.
    let engine: BPFEngine?
    /// What it does not do, placed in the script.
    let problems: [Diagnostic]
    /// A note at each handler that it does not run in the kernel.
    let notes: [Diagnostic]

    /// Lowers and compiles a script for nobody; neither the user's rights nor the machine's are asked.
    init(
        _ script: Script, _ resolved: ResolvedScript, kernelRelease: String, hasTarget: Bool,
        _ reader: DebugReader
    ) {
        do {
            let tapset = InstalledTapset(
                .init(folder: InstalledTapset.folder, kernelRelease: kernelRelease, isGuru: script.guru))
            let tree = try ScriptParser.parse(
                script.text, options: ScriptParser.Options(facts: tapset.facts, macros: tapset.macros))
            var engine = BPFEngine(try Program(tree, resolved))
            notes = try engine.checkScript(script.limits, release: kernelRelease, hasTarget: hasTarget)
            // The run's own thread alone asks from now on.
            nonisolated(unsafe) let reader = reader
            engine.givesUpRights = true
            engine.readModule = { try reader.module($0) }
            engine.helperProcess = { reader.helperProcess(isNeeded: $0) }
            self.engine = engine
            problems = []
        } catch let error as EngineError {
            (engine, notes) = (nil, [])
            problems = error.diagnostics(in: script.text)
        } catch let error as DiagnosticsError {
            (engine, notes) = (nil, [])
            problems = error.diagnostics
        } catch {
            (engine, notes) = (nil, [])
            problems = [.error("\(error)")]
        }
    }
}
