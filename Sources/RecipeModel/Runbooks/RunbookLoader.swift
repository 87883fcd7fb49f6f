public import Diagnostics

/// Reads runbooks, or says everything that is wrong with them.
public enum RunbookLoader {
    /// Whether a text is a runbook: a mapping with the key `steps`.
    static func isRunbook(_ source: SourceFile) -> Bool {
        let problems = ProblemCollector(.runbook)
        guard case .mapping(let entries)? = YAMLComposer.compose(source, problems)?.content else {
            return false
        }
        return entries.contains { $0.key.scalar == RunbookKey.steps.rawValue }
    }

    /// Reads a runbook from its text; `fileName`, where given, is what its name must be.
    ///
    /// - Throws: Every mistake, in the order of their places.
    public static func load(
        _ source: SourceFile, fileName: String? = nil
    ) throws(DiagnosticsError) -> Runbook {
        let problems = ProblemCollector(.runbook)
        let runbook = YAMLComposer.compose(source, problems).flatMap {
            RunbookReader(source: source, fileName: fileName, problems: problems).runbook($0)
        }
        guard let runbook, !problems.hasErrors else { throw DiagnosticsError(problems.sorted) }
        return runbook
    }
}
