import ArgumentParser
import RecipeModel

/// What a shell offers for the words that only the recipes know.
enum RecipeCompletion {
    /// The names of the recipes on the search path.
    static var names: CompletionKind {
        .custom { words, _, _ in library(words).names() }
    }

    /// The options that the recipe on the command line adds, with the values that its types allow.
    static var options: CompletionKind {
        .custom { words, index, prefix in
            let library = library(words)
            guard let name = words.first(where: Set(library.names()).contains),
                let recipe = try? library.find(name)
            else { return [] }
            let before = index > 0 && index <= words.count ? words[index - 1] : ""
            if let parameter = recipe.parameters.first(where: { "--\($0.name)" == before }) {
                switch parameter.type {
                case .choice(let choices): return choices
                case .boolean: break
                default: return []
                }
            }
            return recipe.parameters.map { "--\($0.name)" }
        }
    }

    private static func library(_ words: [String]) -> RecipeLibrary {
        let folders = zip(words, words.dropFirst()).filter { $0.0 == "--recipes" }.map(\.1)
        return RecipeLibrary(
            SearchPath(
                options: folders, environment: Surroundings.environment,
                executable: Surroundings.executablePath))
    }
}
