import Diagnostics
import RecipeModel
import RecipeTesting

/// The results of `test` in a form for programs: `docs/operators.md` says what is promised of it.
struct RecipeTestDocument: Encodable {
    struct Failure: Encodable {
        var diagnostic: DiagnosticDocument
        /// As `diff -u` shows them: `- ` expected, `+ ` found; none where no two texts were compared.
        var diff: [String]
    }

    struct Test: Encodable {
        var name: String
        var place: DiagnosticDocument.Place
        var passed: Bool
        var failures: [Failure]
    }

    struct Item: Encodable {
        var name: String
        var file: String?
        /// `passed`, `failed` or `untested`.
        var verdict: String
        /// Why the recipe does not load.
        var diagnostics: [DiagnosticDocument]
        var tests: [Test]
    }

    /// In the order of the command line.
    var recipes: [Item]

    init(_ reports: [RecipeTestReport]) {
        recipes = reports.map { report in
            Item(
                name: report.name, file: report.file, verdict: report.verdict.rawValue,
                diagnostics: report.problems.map { DiagnosticDocument($0, map: nil) },
                tests: report.results.map { result in
                    Test(
                        name: result.test.name.value, place: .init(result.test.name.range),
                        passed: result.passed,
                        failures: result.failures.map {
                            Failure(
                                diagnostic: DiagnosticDocument($0.diagnostic, map: nil),
                                diff: ($0.diff?.lines ?? []).map(\.text))
                        })
                })
        }
    }
}
