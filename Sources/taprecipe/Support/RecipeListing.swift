import Diagnostics
import FoundationEssentials
import RecipeModel

/// The recipes of the search path as `list` shows them.
struct RecipeListing {
    private let listings: [RecipeLibrary.Listing]
    private let width: Int

    init(_ listings: [RecipeLibrary.Listing], width: Int) {
        self.listings = listings
        self.width = width
    }

    /// A line a recipe, with what shadows what; and its file, unless it lies with those that came with the program, whose
    /// folder is named once.
    var text: String {
        let longest = (listings.map(\.name.count).max() ?? 0) + 2
        // What it tells stands beside the name, or, on a narrow terminal, below it.
        let isBeside = width - longest >= 40
        let indent = String(repeating: " ", count: isBeside ? longest : 4)
        var text = ""
        for listing in listings {
            let lines = RecipeHelp.wrapped(summary(of: listing), width: width - indent.count)
            let gap = isBeside ? String(repeating: " ", count: longest - listing.name.count) : "\n\(indent)"
            text += "\(listing.name)\(gap)\(lines.joined(separator: "\n\(indent)"))\n"
            if !isPlain(listing) { text += "\(indent)\(listing.origin.words): \(listing.path)\n" }
            for hidden in listing.shadows { text += "\(indent)shadows \(hidden)\n" }
            if let stronger = listing.shadowedBy { text += "\(indent)shadowed by \(stronger)\n" }
        }
        if let path = listings.first(where: isPlain)?.path, let slash = path.lastIndex(of: "/") {
            text += "\nWhere no file is named, a recipe is installed in \(path[..<slash]).\n"
        }
        return text
    }

    /// Whether it came with the program, and hides none and is hidden by none.
    private func isPlain(_ listing: RecipeLibrary.Listing) -> Bool {
        listing.origin == .installed && listing.shadows.isEmpty && listing.shadowedBy == nil
    }

    private func summary(of listing: RecipeLibrary.Listing) -> String {
        switch listing.recipe {
        case .success(let recipe): recipe.summary
        case .failure(let error):
            "does not load: \(error.diagnostics.first { $0.severity == .error }?.message ?? "unknown error")"
        }
    }

    /// An array of objects: name, summary, tags, path, origin, error, shadows, shadowedBy.
    func json() throws -> String {
        struct Item: Encodable {
            var name: String
            var summary: String?
            var tags: [String]
            var path: String
            var origin: String
            var errors: [String]
            var shadows: [String]
            var shadowedBy: String?
        }
        let items = listings.map { listing in
            let recipe = try? listing.recipe.get()
            var errors: [String] = []
            if case .failure(let error) = listing.recipe { errors = error.diagnostics.map(\.message) }
            return Item(
                name: listing.name, summary: recipe?.summary, tags: recipe?.tags ?? [], path: listing.path,
                origin: listing.origin.rawValue, errors: errors, shadows: listing.shadows,
                shadowedBy: listing.shadowedBy)
        }
        return try JSONText.encode(items)
    }
}

extension SearchPath.Origin {
    /// Where a recipe comes from, for a person.
    var words: String {
        switch self {
        case .option: "--recipes"
        case .environment: "TAPRECIPE_PATH"
        case .user: "yours"
        case .system: "this system's"
        case .installed: "installed"
        }
    }
}

/// JSON as every command prints it: sorted keys, indented, a line end last.
enum JSONText {
    static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    }
}
