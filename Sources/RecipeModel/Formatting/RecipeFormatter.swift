public import Diagnostics

/// Writes a recipe's YAML in the one form: keys in order, two spaces a level, no white space at line ends.
///
/// It moves and indents the source's own lines, so comments and the ways in which values are written stay.
public enum RecipeFormatter {
    /// The formatted text; formatting it again changes nothing.
    ///
    /// - Throws: What is wrong with the YAML; or where that is sound, that the formatted text could not be shown to
    ///   mean the same, which leaves the file to its author.
    public static func format(_ source: SourceFile) throws(DiagnosticsError) -> String {
        let root = try compose(source)
        guard case .mapping(let entries) = root.content, let first = entries.first,
            root.range.source.bytes[first.key.range.lower...].first != UInt8(ascii: "{"),
            let text = BlockFormatter(source).format(entries)
        else { throw DiagnosticsError(RecipeProblem.notFormatted(.flow).diagnostic(at: root.range)) }
        let result = SourceFile(name: source.name, text: text)
        guard let formatted = try? compose(result),
            RecipeMeaning.areEqual(root, formatted, order: .recipe),
            RecipeMeaning.comments(in: root) == RecipeMeaning.comments(in: formatted),
            (try? compose(SourceFile(name: source.name, text: text))) != nil
        else { throw DiagnosticsError(RecipeProblem.notFormatted(.unproven).diagnostic(at: nil)) }
        return text
    }

    /// Formats a file's recipe; its text before and after.
    public static func format(path: String) throws(DiagnosticsError) -> (before: SourceFile, after: String) {
        let source = try RecipeFile.read(path)
        return (source, try format(source))
    }

    private static func compose(_ source: SourceFile) throws(DiagnosticsError) -> YAMLNode {
        let problems = ProblemCollector()
        guard let root = YAMLComposer.compose(source, problems), !problems.hasErrors else {
            throw DiagnosticsError(problems.sorted)
        }
        return root
    }
}
