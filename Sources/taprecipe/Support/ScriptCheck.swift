import Diagnostics
import Resolver
import StapLanguage

/// Parses a script's text and holds it against the programs that it names.
struct ScriptCheck {
    let tapset: InstalledTapset
    /// The program of `process.…` without a path.
    let target: String?
    let fetcher: DebugInfoFetcher
    /// What `$1`, `@1` and so on stand for.
    var arguments: [String] = []

    /// Resolves it; again after every debug file that debuginfod could give.
    ///
    /// - Throws: Every problem, placed in the text.
    func resolve(_ text: SourceFile) throws -> ResolvedScript {
        var facts = tapset.facts
        facts.arguments = arguments
        let macros = tapset.macros
        let tree = try ScriptParser.parse(
            text, options: ScriptParser.Options(facts: facts, macros: macros))
        let kernel = KernelContext(
            release: facts.kernelRelease, isRunning: facts.kernelRelease == Surroundings.kernelRelease)
        while true {
            let examination = Resolver.examine(
                tree,
                in: ResolverContext(
                    targetBinary: target, workingDirectory: Surroundings.workingDirectory,
                    searchPath: Surroundings.searchPath, kernel: kernel, remote: fetcher.remote,
                    tapset: tapset.library(macros)))
            guard try fetcher.fetch(examination.missingDebugInfo) else { return try examination.script.get() }
        }
    }
}
