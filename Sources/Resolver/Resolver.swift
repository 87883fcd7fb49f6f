public import DebugInfo
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
    /// What opens files that this process may not; nil where there is nobody to ask.
    public var opener: FileOpener?
    /// The kernel; without one, its points are only checked for their form.
    public var kernel: KernelContext?
    /// What debuginfod has given for programs whose debug information is not installed.
    public var remote: RemoteDebugFiles
    /// The tapset whose functions and probe aliases the script may use; nil where there is none, and then its
    /// functions cannot be judged.
    public var tapset: Tapset?

    /// Creates a context.
    public init(
        targetBinary: String? = nil, workingDirectory: String = ".", searchPath: [String] = [],
        kernel: KernelContext? = nil,
        remote: RemoteDebugFiles = RemoteDebugFiles(), tapset: Tapset? = nil,
        opener: FileOpener? = nil
    ) {
        self.tapset = tapset
        self.opener = opener
        self.targetBinary = targetBinary
        self.workingDirectory = workingDirectory
        self.searchPath = searchPath
        self.kernel = kernel
        self.remote = remote
    }
}

/// Holds a script against the debug information of what it probes, as stap's second pass does.
///
/// Looked into: every point of a program that stap 4.8 knows (`PointForm.table` lists them), of a process or a
/// library, with patterns in any string; script-defined aliases; at each address every
/// `$variable`, `@var`, `@cast`, `@entry` with their members and indexes, in the functions that the handler
/// calls too; the session's events and timers, and the kernel's points (`KernelPoint`). Branches that `@defined` rules out are passed over.
public enum Resolver {
    /// The script with its addresses.
    ///
    /// - Throws: All problems, each at its place in the script.
    public static func resolve(
        _ tree: ScriptTree, in context: ResolverContext = ResolverContext()
    ) throws(DiagnosticsError) -> ResolvedScript {
        try examine(tree, in: context).script.get()
    }

    /// The script with its addresses or all problems, and whose debug information was wanted but is not here.
    ///
    /// Who may use the network can fetch that and ask again with ``ResolverContext/remote``.
    public static func examine(
        _ tree: ScriptTree, in context: ResolverContext = ResolverContext()
    ) -> Examination {
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
        let missing = resolution.store.missingDebugInfo
        guard !diagnostics.hasErrors else {
            return Examination(script: .failure(DiagnosticsError(diagnostics)), missingDebugInfo: missing)
        }
        var traits = TraitScan(tree, judgesFunctions: context.tapset == nil).traits
        traits.addGuruCalls(types.guruCalls)
        traits.returnHazards = resolution.returnHazards
        traits.stapMisreadings = resolution.stapMisreadings
        traits.doesNothing =
            types.doesNothing
            || resolution.points.isEmpty && resolution.events.isEmpty && resolution.unchecked.isEmpty
        let script = ResolvedScript(
            points: resolution.points, events: resolution.events, handlers: resolution.handlers,
            unchecked: resolution.unchecked, binaries: resolution.store.used,
            kernelModules: resolution.kernel?.used ?? [], traits: traits,
            warnings: diagnostics + resolution.warnings
                + traits.returnHazards.map { .warning($0.words, at: $0.range) }
                + traits.stapMisreadings.map(\.warning))
        return Examination(script: .success(script), missingDebugInfo: missing)
    }

    /// What came of holding a script against its programs.
    public struct Examination: Sendable {
        /// The script, or all problems, each at its place in it.
        public var script: Result<ResolvedScript, DiagnosticsError>
        /// The programs and libraries whose debug information was looked for in vain.
        public var missingDebugInfo: [MissingDebugInfo]
    }
}
