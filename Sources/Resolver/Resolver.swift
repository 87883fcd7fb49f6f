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
    /// The tapset whose functions and probe aliases the script may use; nil where there is none, and then its
    /// functions cannot be judged.
    public var tapset: Tapset?

    /// Creates a context.
    public init(
        targetBinary: String? = nil, workingDirectory: String = ".", searchPath: [String] = [],
        tapset: Tapset? = nil
    ) {
        self.tapset = tapset
        self.targetBinary = targetBinary
        self.workingDirectory = workingDirectory
        self.searchPath = searchPath
    }
}

/// Holds a script against the debug information of what it probes, as stap's second pass does.
///
/// Looked into: `process(PATH).function("…")` with `.call`, `.return`, `.inline`, `.exported`, within
/// `.library("…")`, the function and file of `.statement("…")`, script-defined aliases; at each address every
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
        if resolution.globalTypes.isNeeded(by: tree) {
            // A global's type may be known only once the last probe has been looked at.
            resolution = Resolution(tree, context, globalTypes: resolution.globalTypes)
            resolution.run()
        }
        let types = resolution.types.finish()
        var diagnostics = resolution.problems.diagnostics + types.problems + types.warnings
        diagnostics.sort { ($0.range?.lower ?? 0) < ($1.range?.lower ?? 0) }
        try diagnostics.throwIfErrors()
        var traits = TraitScan(tree, judgesFunctions: context.tapset == nil).traits
        traits.addGuruCalls(types.guruCalls)
        traits.doesNothing = types.doesNothing
        return ResolvedScript(
            tree: tree, points: resolution.points, unchecked: resolution.unchecked,
            binaries: resolution.store.used, traits: traits, warnings: diagnostics)
    }
}
