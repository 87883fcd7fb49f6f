public import Diagnostics

/// A runbook's file as far as the values of its variables do not matter: which variables there are.
public struct RunbookDraft: Sendable {
    /// A variable; nil: its value must come from the command line or the host.
    struct Variable: Sendable {
        var name: Located<String>
        var value: Located<String>?
    }

    /// What is other on some hosts.
    struct HostOverride: Sendable {
        /// A glob (fnmatch(3)) over the host's name.
        var pattern: Located<String>
        /// The values of variables there.
        var variables: [Variable]
        /// Limits over the runbook's.
        var limits: Limits
    }

    /// The variables, in the file's order.
    let variables: [Variable]
    /// What is other on some hosts; of several that fit, the later ones count more.
    let hosts: [HostOverride]
    /// The file that it was read from.
    public let source: SourceFile
    /// What its name must be; nil: any.
    let fileName: String?
    let root: YAMLNode

    /// Its name, by its file's.
    public var name: String { RecipeFile.baseName(source.name) }

    /// The runbook as far as its file says what it is: with its own values of the variables, and again with those of each
    /// group of hosts that has others.
    ///
    /// What hangs on a variable without a value is left open.
    ///
    /// - Throws: Every mistake in the file that shows without that value, in the order of their places.
    public func variants() throws(DiagnosticsError) -> [Runbook] {
        var runbooks: [Runbook] = []
        for values in RunbookValues.inFile(self) { runbooks.append(try runbook(values)) }
        return runbooks
    }

    /// The runbook with the values of its variables.
    ///
    /// - Throws: Every mistake in the file, in the order of their places.
    public func runbook(_ values: RunbookValues) throws(DiagnosticsError) -> Runbook {
        let problems = ProblemCollector(.runbook)
        let runbook = RunbookReader(source: source, fileName: fileName, problems: problems)
            .runbook(root, values)
        guard let runbook, !problems.hasErrors else { throw DiagnosticsError(problems.sorted) }
        return runbook
    }
}
