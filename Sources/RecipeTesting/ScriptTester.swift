import Diagnostics
import RecipeModel
import Templater

/// Holds the script that a test's parameters make against what the test expects.
struct ScriptTester {
    let recipe: Recipe
    let test: RecipeTest
    private var words: TestMessages { TestMessages(test: test) }

    /// The script's text.
    ///
    /// - Throws: What is wrong with the template or the parameters, at the recipe's lines.
    func expanded() throws(DiagnosticsError) -> String {
        try Templater.expand(recipe, arguments: test.arguments).text.text
    }

    func failures(_ expectation: ScriptExpectation, files: RecipeTester.Files) -> [TestFailure] {
        let text: String
        do throws(DiagnosticsError) {
            text = try expanded()
        } catch {
            return error.diagnostics.filter { $0.severity == .error }
                .map { TestFailure(diagnostic: words.doesNotExpand($0)) }
        }
        return [whole(expectation.whole, text, files)].compactMap { $0 } + parts(expectation, text)
    }

    private func whole(
        _ whole: ScriptExpectation.Whole?, _ text: String, _ files: RecipeTester.Files
    ) -> TestFailure? {
        switch whole {
        case nil: return nil
        case .text(let source):
            let lines = Self.lines(source.text.text)
            guard let diff = LineDiff(expected: lines, found: Self.lines(text)) else { return nil }
            let line = diff.missing.first.map { $0 + 1 } ?? 1
            let start = source.text.offset(line: line, column: 1)
            let range = source.text.range(start, start + source.text.line(line).count)
            return TestFailure(
                diagnostic: words.differs("the script is", at: source.map.original(of: range)), diff: diff)
        case .file(let file):
            switch files(file.value) {
            case .failure(let reason):
                return TestFailure(diagnostic: words.unreadable(file, reason.words))
            case .success(let content):
                let expected = Self.lines(content)
                guard let diff = LineDiff(expected: expected, found: Self.lines(text)) else { return nil }
                return TestFailure(
                    diagnostic: words.differs(
                        "the script is", at: file.range,
                        notes: ["if the new one is right, 'taprecipe test --renew' writes it"]),
                    diff: diff)
            }
        }
    }

    private func parts(_ expectation: ScriptExpectation, _ text: String) -> [TestFailure] {
        let missing = expectation.contains.filter { !text.contains($0.value) }
            .map { TestFailure(diagnostic: words.lacks($0)) }
        let unwanted = expectation.lacks.compactMap { part -> TestFailure? in
            guard let place = text.firstRange(of: part.value) else { return nil }
            let line = text[..<place.lowerBound].utf8.count { $0 == 0x0A } + 1
            return TestFailure(diagnostic: words.contains(part, line: line))
        }
        return missing + unwanted
    }

    private static func lines(_ text: String) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        while lines.last?.isEmpty ?? false { lines.removeLast() }
        return lines
    }
}
