import Foundation
import Testing

@testable import RecipeModel

/// That each of the 22 SystemTap tips has its recipes, which tell of it, and the page that leads there.
@Suite struct TipRecipesTests {
    private static let tips = 1...22

    private static let recipes: [Recipe] = {
        let folder = Fixtures.root.appendingPathComponent("recipes").path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".yaml") }.sorted().compactMap {
            try? RecipeLoader.load(path: "\(folder)/\($0)")
        }
    }()

    /// The numbers behind a word, such as those of `Tips 9, 10 and 13`.
    private static func numbers(_ text: Substring) -> [Int] {
        text.matches(of: /\d+/).compactMap { Int($0.output) }
    }

    private static func tagged(_ recipe: Recipe) -> [Int] {
        recipe.tags.filter { $0.hasPrefix("tip-") }.compactMap { Int($0.dropFirst(4)) }
    }

    /// The rows of the page's table: the tips' numbers, and the recipes that the row names.
    private static let rows: [(tips: [Int], names: Set<String>)] = {
        let page =
            (try? String(contentsOf: Fixtures.root.appendingPathComponent("docs/recipes.md"), encoding: .utf8))
            ?? ""
        let section = page.components(separatedBy: "\n## Recipes for the SystemTap tips\n").last ?? ""
        return section.components(separatedBy: "\n## ")[0].split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|")
            guard cells.count == 3, cells[0].contains(/\d/) else { return nil }
            let names = cells[2].matches(of: /`([a-z0-9-]+)[^`]*`/).map { String($0.1) }
            return (numbers(cells[0]), Set(names))
        }
    }()

    @Test(arguments: tips)
    func theTipHasARecipe(tip: Int) {
        #expect(Self.recipes.contains { Self.tagged($0).contains(tip) })
    }

    @Test func aRecipeOfATipSaysSo() {
        for recipe in Self.recipes {
            let said = recipe.details.replacing("\n", with: " ")
                .matches(of: /\bTips? \d[\d, and]*/).flatMap { Self.numbers($0.output) }
            #expect(Set(said) == Set(Self.tagged(recipe)), "\(recipe.name)")
        }
    }

    @Test func thePageNamesTheRecipesOfEachTip() {
        #expect(Self.rows.flatMap(\.tips) == Array(Self.tips))
        for (tips, names) in Self.rows {
            let recipes = Self.recipes.filter { !Set(Self.tagged($0)).isDisjoint(with: tips) }
            #expect(Set(recipes.map(\.name)) == names.subtracting(["taprecipe"]), "tip \(tips)")
        }
    }
}
