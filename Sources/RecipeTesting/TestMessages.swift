import Diagnostics
import RecipeModel

/// Turns what a test found into words.
struct TestMessages {
    let test: RecipeTest

    private var owner: String { "test '\(test.name.value)'" }

    /// Something that two lists of lines tell.
    func differs(_ subject: String, at range: SourceRange, notes: [String] = []) -> Diagnostic {
        .error("\(owner): \(subject) not as expected", at: range, notes: notes)
    }

    /// A text that the script should have.
    func lacks(_ text: Located<String>) -> Diagnostic {
        .error("\(owner): the script does not contain this", at: text.range, notes: expandNotes)
    }

    /// A text that the script should not have.
    func contains(_ text: Located<String>, line: Int) -> Diagnostic {
        .error("\(owner): the script contains this in its line \(line)", at: text.range, notes: expandNotes)
    }

    /// A file that cannot be compared with.
    func unreadable(_ file: Located<String>, _ reason: String) -> Diagnostic {
        .error(
            "\(owner): cannot read '\(file.value)' beside the recipe: \(reason)", at: file.range,
            notes: ["'taprecipe test --renew' writes it; review it then"])
    }

    /// A script that cannot be made.
    func doesNotExpand(_ problem: Diagnostic) -> Diagnostic {
        var problem = problem
        problem.message = "\(owner): \(problem.message)"
        problem.notes.append(.init("the test is here", at: test.name.range))
        return problem
    }

    private var expandNotes: [String] {
        ["'taprecipe expand' prints the script that parameters make"]
    }
}
