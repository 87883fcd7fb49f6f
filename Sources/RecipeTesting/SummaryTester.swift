import Diagnostics
import RecipeModel
import Report

/// Holds what a recipe makes of a test's output against what the test expects.
struct SummaryTester {
    let recipe: Recipe
    let test: RecipeTest
    private var words: TestMessages { TestMessages(test: test) }

    func failures(_ expectation: SummaryExpectation) throws(DiagnosticsError) -> [TestFailure] {
        var builder = try SummaryBuilder(recipe)
        SavedOutput.read(Array(expectation.output.utf8)[...], into: &builder)
        let summary = builder.finish(RunFacts(recipe: recipe.name))
        return [records(expectation, summary), losses(expectation, summary), stacks(expectation, summary)]
            .compactMap { $0 }
            + expectation.tables.compactMap { table($0.title, $0.rows, summary) }
            + expectation.trees.compactMap { tree($0.title, $0.nodes, summary) }
    }

    private func records(_ expectation: SummaryExpectation, _ summary: Summary) -> TestFailure? {
        guard let expected = expectation.records else { return nil }
        let found = summary.recordCounts.map { SummaryExpectation.Count($0.name, $0.count) }
        return counts("the records are", expected, found, in: summary.recordCounts.map(\.name))
    }

    private func losses(_ expectation: SummaryExpectation, _ summary: Summary) -> TestFailure? {
        var found: [SummaryExpectation.Count] = []
        for loss in summary.losses {
            if let index = found.firstIndex(where: { $0.name == loss.kind.name.rawValue }) {
                found[index].count += loss.count
            } else {
                found.append(.init(loss.kind.name.rawValue, loss.count))
            }
        }
        let lines = summary.unmatchedExamples.map { "part of no record: \($0)" }
        let isStated = !expectation.losses.value.isEmpty
        return counts(
            isStated ? "the losses are" : "the losses, of which it states none, are", expectation.losses,
            found, in: LossName.allCases.map(\.rawValue), notes: lines)
    }

    private func stacks(_ expectation: SummaryExpectation, _ summary: Summary) -> TestFailure? {
        expectation.stacks.flatMap { stacks in
            difference(
                "the number of distinct stacks is", [Located("\(stacks.value)", at: stacks.range)],
                ["\(summary.distinctStackCount)"], at: stacks.range)
        }
    }

    private func table(
        _ title: Located<String>, _ rows: [Located<[SummaryExpectation.Cell]>], _ summary: Summary
    ) -> TestFailure? {
        let table = summary.tables.first { $0.title == title.value }
        return difference(
            "the rows of table '\(title.value)' are",
            rows.map { Located(SummaryLines.text($0.value), at: $0.range) },
            table.map { SummaryLines.rows(of: $0, in: summary) } ?? [], at: title.range)
    }

    private func tree(
        _ title: Located<String>, _ nodes: Located<String>, _ summary: Summary
    ) -> TestFailure? {
        let tree = summary.trees.first { $0.title == title.value }
        let lines = nodes.value.split(separator: "\n").map { Located(String($0), at: title.range) }
        return difference(
            "tree '\(title.value)' is", lines, tree.map(SummaryLines.nodes) ?? [], at: title.range)
    }

    /// Compares counts in the order of `names`; what is not named is none.
    private func counts(
        _ subject: String, _ expected: Located<[Located<SummaryExpectation.Count>]>,
        _ found: [SummaryExpectation.Count], in names: [String], notes: [String] = []
    ) -> TestFailure? {
        func ordered<Item>(_ items: [Item], _ count: (Item) -> SummaryExpectation.Count) -> [Item] {
            items.filter { count($0).count > 0 }.sorted {
                names.firstIndex(of: count($0).name) ?? 0 < names.firstIndex(of: count($1).name) ?? 0
            }
        }
        return difference(
            subject,
            ordered(expected.value, \.value).map { Located(SummaryLines.text($0.value), at: $0.range) },
            ordered(found) { $0 }.map(SummaryLines.text), at: expected.range, notes: notes)
    }

    private func difference(
        _ subject: String, _ expected: [Located<String>], _ found: [String], at range: SourceRange,
        notes: [String] = []
    ) -> TestFailure? {
        guard let diff = LineDiff(expected: expected.map(\.value), found: found) else { return nil }
        let place = diff.missing.first.map { expected[$0].range } ?? range
        return TestFailure(diagnostic: words.differs(subject, at: place, notes: notes), diff: diff)
    }
}
