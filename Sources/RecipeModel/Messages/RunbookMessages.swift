import Diagnostics

/// The words for what is wrong with a runbook and its variables.
enum RunbookMessages {
    static func unknownSetting(_ name: String, known: [String]) -> Diagnostic {
        .error(
            "'--set' names \(quote(name)), which is no variable of the runbook\(Likeness.suggestion(for: name, among: known))",
            notes: [known.isEmpty ? "it has no variables" : "its variables are \(list(known))"])
    }

    static func settingWithoutValue(_ written: String) -> Diagnostic {
        .error("'--set' is \(quote(written)), expected NAME=VALUE")
    }

    static func noValue(_ name: Located<String>, host: String) -> Diagnostic {
        .error(
            "variable '\(name.value)' has no value on this host, \(quote(host))", at: name.range,
            notes: ["give it with --set \(name.value)=VALUE, or for the host under 'hosts'"])
    }
}

extension RecipeProblem {
    /// The words for what is wrong with a step or a variable.
    func runbookDiagnostic(at range: SourceRange?) -> Diagnostic? {
        switch self {
        case .unknownVariable(let name, let known):
            .error(
                "\(quote(name)) is no variable of this runbook\(Likeness.suggestion(for: name, among: known))",
                at: range,
                notes: [
                    known.isEmpty
                        ? "it has no variables; state them under 'variables'"
                        : "its variables are \(list(known))"
                ])
        case .unclosedVariable:
            .error(
                "'{{' has no '}}'", at: range,
                notes: ["'{{name}}' stands for the value of a variable"])
        case .variablesTooLarge(let limit):
            .error(
                "with its variables the runbook has more than \(SizeText.print(UInt64(limit))) of text",
                at: range)
        case .duplicateStep(let name, let first):
            Diagnostic(
                .error, "two steps are called \(quote(name))", at: range,
                notes: [
                    .init("the first is here", at: first),
                    .init("a step is called as its recipe unless it has a 'name'"),
                ])
        case .notOneTarget(let subject, let known):
            .error("\(subject) says not one thing to trace, expected one of \(list(known))", at: range)
        case .badCondition(let written):
            .error(
                "'when' is \(quote(written)), expected STEP.RECORD", at: range,
                notes: ["such as 'errors.request', or '{ step: errors, recorded: request, at-least: 10 }'"])
        case .unknownStep(let name, _, isLater: true):
            .error(
                "step \(quote(name)) does not stand before this one", at: range,
                notes: ["a step can wait only for what an earlier one recorded"])
        case .unknownStep(let name, let known, isLater: false):
            .error(
                "there is no step \(quote(name))\(Likeness.suggestion(for: name, among: known))", at: range,
                notes: [known.isEmpty ? "no step stands before this one" : "before it stand \(list(known))"])
        default: nil
        }
    }
}
