import Diagnostics
public import RecipeModel

/// Runs a recipe's own tests, which need no machine to trace.
public struct RecipeTester: Sendable {
    /// Why a file cannot be read.
    public struct FileProblem: Error {
        /// In words.
        public var words: String

        /// Creates a problem.
        public init(_ words: String) { self.words = words }
    }

    /// Reads a file beside the recipe, by its name there.
    public typealias Files = (String) -> Result<String, FileProblem>

    private let recipe: Recipe

    /// Creates a tester of a recipe.
    public init(_ recipe: Recipe) { self.recipe = recipe }

    /// Runs all tests, in the recipe's order.
    public func results(files: Files) -> [TestResult] {
        recipe.tests.filter { $0.summary != nil || $0.script != nil }.map { test in
            var failures: [TestFailure] = []
            if let summary = test.summary {
                do throws(DiagnosticsError) {
                    failures += try SummaryTester(recipe: recipe, test: test).failures(summary)
                } catch {
                    failures += error.diagnostics.map { TestFailure(diagnostic: $0) }
                }
            }
            if let script = test.script {
                failures += ScriptTester(recipe: recipe, test: test).failures(script, files: files)
            }
            return TestResult(test: test, failures: failures)
        }
    }

    /// The files beside the recipe that its tests compare scripts with, and what they would have to be.
    ///
    /// A test whose script cannot be made has none; that is for ``results(files:)`` to tell.
    public func scripts() -> [(file: String, script: String)] {
        recipe.tests.compactMap { test in
            guard case .file(let file) = test.script?.whole,
                let text = try? ScriptTester(recipe: recipe, test: test).expanded()
            else { return nil }
            return (file.value, text)
        }
    }
}
