import Diagnostics
import RecipeModel
import RecipeTesting

/// What came of a recipe's tests.
struct RecipeTestReport {
    /// Of all tests of a recipe.
    enum Verdict: String {
        case passed
        /// A test failed, or the recipe does not load.
        case failed
        /// The recipe has no tests.
        case untested
    }

    /// The recipe's name, or how the user named what does not load.
    let name: String
    /// Its file; nil where it does not load.
    let file: String?
    /// Why it does not load.
    let problems: [Diagnostic]
    let results: [TestResult]

    var verdict: Verdict {
        if problems.hasErrors || results.contains(where: { !$0.passed }) { return .failed }
        return results.isEmpty ? .untested : .passed
    }

    init(_ subject: TestSubjects.Subject) {
        switch subject.recipe {
        case .success(let recipe):
            name = recipe.name
            file = recipe.source.name
            problems = []
            results = RecipeTester(recipe).results(files: GoldenScripts.files(of: recipe))
        case .failure(let error):
            name = subject.word
            file = nil
            problems = error.diagnostics
            results = []
        }
    }

    /// Each failure at its place, with what differs below it, for standard error.
    func complaints(isColored: Bool) -> String {
        let renderer = DiagnosticRenderer(isColored: isColored)
        return renderer.render(problems)
            + results.flatMap(\.failures).map { failure in
                renderer.render(failure.diagnostic)
                    + (failure.diff?.lines ?? []).map { Self.line($0, isColored: isColored) }.joined()
            }.joined()
    }

    private static func line(_ line: LineDiff.Line, isColored: Bool) -> String {
        let text = "    " + Console.safe(Array(line.text.utf8))
        let color =
            switch line {
            case .expected: "31"
            case .found: "32"
            case .same, .skipped: ""
            }
        return (isColored && !color.isEmpty ? "\u{1B}[\(color)m\(text)\u{1B}[0m" : text) + "\n"
    }

    /// A line for each recipe, and where there are several one that counts them.
    static func text(_ reports: [RecipeTestReport]) -> String {
        reports.map { $0.line + "\n" }.joined() + (reports.count > 1 ? total(reports) + "\n" : "")
    }

    private var line: String {
        let name = Console.safe(Array(name.utf8))
        let failed = results.filter { !$0.passed }
        switch verdict {
        case .untested: return "\(name): has no tests"
        case .passed: return "\(name): \(Self.tests(results.count)) passed"
        case .failed where results.isEmpty: return "\(name): does not load"
        case .failed:
            let names = failed.map { "'\($0.test.name.value)'" }.joined(separator: ", ")
            return "\(name): \(failed.count) of \(Self.tests(results.count)) failed: \(names)"
        }
    }

    private static func total(_ reports: [RecipeTestReport]) -> String {
        let results = reports.flatMap(\.results)
        let failed = results.count { !$0.passed }
        let parts: [(count: Int, words: String)] = [
            (results.count - failed, "passed"), (failed, "failed"),
        ]
        let recipes: [(count: Int, words: String)] = [
            (reports.count { $0.verdict == .untested }, "without tests"),
            (reports.count { !$0.problems.isEmpty }, "not loading"),
        ]
        func list(_ items: [(count: Int, words: String)]) -> String {
            items.filter { $0.count > 0 }.map { "\($0.count) \($0.words)" }.joined(separator: ", ")
        }
        let rest = list(recipes)
        return "\(tests(results.count)) of \(reports.count) recipes: "
            + (results.isEmpty ? "none run" : list(parts)) + (rest.isEmpty ? "" : "; \(rest)")
    }

    private static func tests(_ count: Int) -> String { "\(count) \(count == 1 ? "test" : "tests")" }
}
