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

    /// Reads a runbook from its text, as far as its variables' values do not matter; `fileName`, where given, is what its
    /// name must be.
    ///
    /// - Throws: Every mistake, in the order of their places, where there is one that does not depend on those values.
    public static func load(
        _ source: SourceFile, fileName: String? = nil
    ) throws(DiagnosticsError) -> RunbookDraft {
        let problems = ProblemCollector(.runbook)
        let draft = YAMLComposer.compose(source, problems).flatMap {
            RunbookReader(source: source, fileName: fileName, problems: problems).draft($0)
        }
        guard let draft else { throw DiagnosticsError(problems.sorted) }
        if problems.hasErrors {
            // With the values that the file itself gives, the steps' mistakes can be said, too.
            _ = try draft.variants()
            throw DiagnosticsError(problems.sorted)
        }
        return draft
    }
}
