import Diagnostics
import Foundation
import RecipeModel
import RecipeTesting
import Testing

/// The shipped recipes' own tests.
@Suite struct ShippedRecipeTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("recipes")

    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(".yaml".count)) }.sorted()
    }()

    @Test(arguments: names) func passesItsOwnTests(name: String) throws {
        let recipe = try RecipeLoader.load(path: Self.folder.appendingPathComponent("\(name).yaml").path)
        #expect(!recipe.tests.isEmpty)
        let results = RecipeTester(recipe).results { file in
            let path = Self.folder.appendingPathComponent(file).path
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                return .failure(.init("no such file"))
            }
            return .success(text)
        }
        let failures = results.flatMap(\.failures).map { failure in
            DiagnosticRenderer().render(failure.diagnostic)
                + (failure.diff?.lines ?? []).map { $0.text + "\n" }.joined()
        }
        #expect(failures == [])
    }

    /// A record that no sample holds is one whose pattern nobody has seen match.
    @Test(arguments: names) func everyRecordIsInASample(name: String) throws {
        let recipe = try RecipeLoader.load(path: Self.folder.appendingPathComponent("\(name).yaml").path)
        let seen = recipe.tests.flatMap { $0.summary?.records?.value.map(\.value.name) ?? [] }
        #expect(Set(recipe.records.map(\.name)).subtracting(seen) == [])
    }
}
