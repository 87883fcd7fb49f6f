import Diagnostics
import Engine
import Glibc
import RecipeModel
import Resolver
import Templater

/// A recipe that has been filled in, parsed and held against the binaries: ready to run.
struct CheckedScript {
    let script: Script
    let resolved: ResolvedScript

    /// Expands and resolves.
    ///
    /// - Parameters:
    ///   - bound: The recipe and its arguments.
    ///   - limits: What the command line sets over the recipe's limits.
    ///   - pid: The target process, if one was named.
    ///   - kernelRelease: The kernel that it is to run on.
    ///   - fetcher: What gets debug information that is missing here.
    ///   - reader: Who reads it.
    ///   - withLoads: Whether it is asked how each target expression is read.
    /// - Throws: Every problem, placed in the recipe where it comes from.
    init(
        _ bound: BoundRecipe, limits: Limits = Limits(), pid: Int32? = nil,
        kernelRelease: String = Surroundings.kernelRelease, fetcher: DebugInfoFetcher,
        reader: DebugReader, withLoads: Bool = false
    ) throws {
        script = try Templater.expand(bound.recipe, arguments: bound.arguments, limits: limits)
        let program = Result { try pid.map(TargetProcess.executable) ?? bound.command?.first }
        if let pid, kill(pid, 0) != 0, errno == ESRCH { _ = try program.get() }
        do {
            let target = try? program.get()
            resolved = try ScriptCheck(
                kernelRelease: kernelRelease, isGuru: script.guru, target: target, fetcher: fetcher,
                reader: reader, withLoads: withLoads
            ).resolve(script.text)
        } catch let error as DiagnosticsError {
            throw MappedError(diagnostics: error.diagnostics, map: script.map)
        }
        // A script that is not about the program runs as well where its file is gone.
        if resolved.traits.needsTarget { _ = try program.get() }
        guard !resolved.traits.doesNothing else {
            throw MappedError(
                diagnostics: [
                    .error("no probe of the script is there and has an effect, so there is nothing to run")
                ],
                map: script.map)
        }
        // What stap refuses without -g must be announced by the recipe, so that a user can refuse it first.
        guard script.guru || !resolved.traits.needsGuru else {
            let uses = resolved.traits.guruUses.map { use in
                Diagnostic.error(
                    "found \(use.kind.words), which needs 'guru: true' in the recipe", at: use.range)
            }
            throw MappedError(diagnostics: uses, map: script.map)
        }
    }

    /// The files that the script probes.
    var probedFiles: [ProbedFile] {
        resolved.binaries.map { ProbedFile($0) }
    }
}

extension ProbedFile {
    /// A file that was looked into.
    init(_ binary: ResolvedBinary) {
        self.init(path: binary.path, buildID: binary.buildID.map { "\($0)" })
    }
}

/// Problems in an expanded script, with the map to the recipe that they are shown in.
struct MappedError: Error {
    let diagnostics: [Diagnostic]
    let map: SourceMap
}

extension ScriptTraits.GuruUse.Kind {
    /// What it is, as messages call it.
    var words: String {
        switch self {
        case .embeddedC: "embedded C"
        case .writesTarget: "an assignment to a variable of the traced program"
        case .constant: "'@const'"
        case .absoluteAddress: "an address that nothing checks"
        case .function(let name): "the function '\(name)'"
        }
    }
}
