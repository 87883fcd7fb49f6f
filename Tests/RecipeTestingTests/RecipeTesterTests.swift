import Diagnostics
import Foundation
import RecipeModel
import RecipeTesting
import TestSupport
import Testing

/// What a failing test says, whole; `make golden` renews it.
@Suite struct RecipeTesterTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Fixtures/RecipeTesting")

    @Test func eachFailureIsShownAtItsPlaceWithWhatDiffers() throws {
        let bytes = Array(try Data(contentsOf: Self.folder.appendingPathComponent("failing.yaml")))
        let recipe = try RecipeLoader.load(SourceFile(name: "failing.yaml", bytes: bytes))
        let results = RecipeTester(recipe).results { file in
            file == "other.stp" ? .success("probe begin {\n  exit()\n}\n") : .failure(.init("no such file"))
        }
        var text = ""
        for result in results {
            text += "== \(result.test.name.value): \(result.passed ? "passed" : "failed")\n"
            for failure in result.failures {
                text += DiagnosticRenderer().render(failure.diagnostic)
                text += (failure.diff?.lines ?? []).map { "    \($0.text)\n" }.joined()
            }
        }
        let golden = Self.folder.appendingPathComponent("failing.txt").path
        #expect(try Golden.difference(text, from: golden) == nil)
    }

    @Test func onlyScriptsThatCanBeMadeAreWritten() throws {
        let bytes = Array(try Data(contentsOf: Self.folder.appendingPathComponent("failing.yaml")))
        let recipe = try RecipeLoader.load(SourceFile(name: "failing.yaml", bytes: bytes))
        let scripts = RecipeTester(recipe).scripts()
        #expect(scripts.map(\.file) == ["other.stp", "missing.stp"])
        #expect(scripts.first?.script.contains("exit()") == true)
    }
}
