import RecipeTesting
import Testing

@Suite struct LineDiffTests {
    @Test func equalTextsDoNotDiffer() {
        #expect(LineDiff(expected: ["a", "b"], found: ["a", "b"]) == nil)
        #expect(LineDiff(expected: [], found: []) == nil)
    }

    @Test func linesFarFromADifferenceAreCounted() throws {
        let expected = (1...9).map(String.init)
        var found = expected
        found[4] = "x"
        let diff = try #require(LineDiff(expected: expected, found: found))
        #expect(
            diff.lines.map(\.text) == [
                "  … 2 equal lines", "  3", "  4", "- 5", "+ x", "  6", "  7", "  … 2 equal lines",
            ])
        #expect(diff.missing == [4])
    }

    @Test func whatIsOnlyFoundMissesNothing() throws {
        let diff = try #require(LineDiff(expected: [], found: ["a"]))
        #expect(diff.lines == [.found("a")])
        #expect(diff.missing.isEmpty)
    }
}
