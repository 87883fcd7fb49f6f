import Diagnostics

/// The words for what is wrong with a recipe's `tests:`, and for what cannot be formatted.
extension RecipeProblem {
    func testDiagnostic(at range: SourceRange?) -> Diagnostic {
        switch self {
        case .duplicateTest(let name, let first):
            Diagnostic(
                .error, "there are two tests called \(quote(name))", at: range,
                notes: [.init("the first is here", at: first)])
        case .testOfNothing(let owner):
            .error(
                "\(owner) tests nothing", at: range,
                notes: [
                    "give 'output' and 'expect' for what the summary makes of an output, or 'expands-to', "
                        + "'script-contains' or 'script-lacks' for the script, or 'live' for a real run"
                ])
        case .outputWithoutExpectations(let owner, let missing):
            .error("\(owner) lacks '\(missing)', as 'output' and 'expect' go together", at: range)
        case .badScriptFile(let name):
            .error(
                "'expands-to' is \(quote(name)), expected a file beside the recipe such as 'NAME.stp', or a literal block",
                at: range,
                notes: ["for the script itself write 'expands-to: |' and the script indented below it"])
        case .unknownTitle(let title, let kind, let known):
            .error(
                "the recipe has no \(kind) \(quote(title))\(Likeness.suggestion(for: title, among: known))",
                at: range,
                notes: [known.isEmpty ? "it has no \(kind)s" : "its \(kind)s are \(list(known))"])
        case .wrongCellCount(let count, let columns):
            .error(
                "the row has \(count) \(count == 1 ? "value" : "values"), expected \(columns.count)",
                at: range,
                notes: ["the columns are \(list(columns))"])
        case .badCell(let kind):
            .error(
                "a value of a row is \(describe(kind)), expected text, a number or a list of functions",
                at: range,
                notes: ["a cell without a value is written '-', and words such as true need quotes"])
        case .stackIsNotText(let column):
            .error(
                "column '\(column)' is a stack, expected a list of its functions", at: range,
                notes: ["write [innermost, …, main]"])
        case .stackIsText(let column): .error("column '\(column)' is no stack, expected one value", at: range)
        case .notFormatted(.flow):
            .error(
                "found keys that do not stand on lines of their own, which are not formatted", at: range,
                notes: ["write each key of the recipe on its own line"])
        case .notFormatted(.unproven):
            .error(
                "the file is left as it is, as the formatted text could not be shown to mean the same",
                at: range,
                notes: ["anchors, aliases and keys behind '?' are what is not moved"])
        default: other(at: range)
        }
    }
}
