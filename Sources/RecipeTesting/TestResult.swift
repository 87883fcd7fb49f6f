public import Diagnostics
public import RecipeModel

/// What came of a test.
public struct TestResult: Sendable {
    /// The test.
    public var test: RecipeTest
    /// Where it failed; none where it passed.
    public var failures: [TestFailure]

    /// Whether it passed.
    public var passed: Bool { failures.isEmpty }
}

/// One way in which a test failed.
public struct TestFailure: Sendable {
    /// What is not as expected, at the recipe's own line.
    public var diagnostic: Diagnostic
    /// What was expected and what was found; nil where there are no two texts to compare.
    public var diff: LineDiff?
}
