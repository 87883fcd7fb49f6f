public import Diagnostics
public import StapLanguage

/// What a script's names are looked up in.
public struct ResolverContext: Sendable {
    /// The program of `process.…` without a path, where `--pid` or a command names it.
    public var targetBinary: String?
    /// The folder that relative paths start from.
    public var workingDirectory: String
    /// The folders that bare program names are looked up in.
    public var searchPath: [String]

    /// Creates a context.
    public init(targetBinary: String? = nil, workingDirectory: String = ".", searchPath: [String] = []) {
        self.targetBinary = targetBinary
        self.workingDirectory = workingDirectory
        self.searchPath = searchPath
    }
}

/// Holds a script against the debug information of what it probes, as stap's second pass does.
///
/// Looked into: every point of a program that stap 4.8 knows (`PointGrammar` lists them), of a process or a
/// library, with patterns in any string; script-defined aliases; at each address every
/// `$variable`, `@var`, `@cast`, `@entry` with their members and indexes, in the functions that the handler
/// calls too. Branches that `@defined` rules out are passed over.
public enum Resolver {
    /// The script with its addresses.
    ///
    /// - Throws: All problems, each at its place in the script.
    public static func resolve(
        _ tree: ScriptTree, in context: ResolverContext = ResolverContext()
    ) throws(DiagnosticsError) -> ResolvedScript {
        var resolution = Resolution(tree, context)
        resolution.run()
        var diagnostics = resolution.problems.diagnostics
        diagnostics.sort { ($0.range?.lower ?? 0) < ($1.range?.lower ?? 0) }
        try diagnostics.throwIfErrors()
        return ResolvedScript(
            tree: tree, points: resolution.points, events: resolution.events,
            unchecked: resolution.unchecked,
            binaries: resolution.store.used, traits: TraitScan(tree).traits, warnings: diagnostics)
    }
}
