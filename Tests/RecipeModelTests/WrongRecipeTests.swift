import Diagnostics
import Foundation
import RecipeModel
import Testing

/// Every wrong recipe under `Fixtures/RecipeModel/invalid`, with all that is said of it.
@Suite struct WrongRecipeTests {
    @Test func everyMistakeIsShownAtItsPlaceWithItsMend() throws {
        #expect(Fixtures.invalid.count >= 60)
        var text = ""
        for file in Fixtures.invalid {
            guard case .failure(let error) = try file.load() else {
                Issue.record("\(file.name) is taken")
                continue
            }
            text += "== \(file.name)\n\(DiagnosticRenderer().render(error.diagnostics))\n"
        }
        try Fixtures.expectGolden(text, "invalid.txt")
    }
}
