import ArgumentParser
import Diagnostics
import RecipeModel

/// `taprecipe list`: what there is to run.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the recipes, where each comes from and what shadows what.")

    @OptionGroup var recipes: RecipeOptions
    @OptionGroup var print: PrintOptions

    @Option(help: "Only recipes with this tag.")
    var tag: String?

    @Option(help: "text or json.")
    var format: OutputFormat = .text

    func run() throws {
        let console = print.console
        let contents = recipes.library.contents()
        let listings = contents.listings.filter { listing in
            guard let tag else { return true }
            return (try? listing.recipe.get())?.tags.contains(tag) ?? false
        }
        switch format {
        case .text where listings.isEmpty:
            try console.writeLine(tag.map { "no recipe has the tag '\($0)'" } ?? "no recipes found")
        case .text: try console.write(RecipeListing(listings, width: console.width).text)
        case .json: try console.write(try RecipeListing(listings, width: console.width).json())
        }
        console.report(contents.problems)
        for case .failure(let error) in listings.map(\.recipe) { console.report(error.diagnostics) }
    }
}
