import Diagnostics
import RecipeModel

/// The recipes that a command line names, each whether it loads or not.
struct TestSubjects {
    /// A recipe and how the user named it, or everything that is wrong with its file.
    struct Subject {
        let word: String
        let recipe: Result<Recipe, DiagnosticsError>
    }

    /// In the order of the command line; of all recipes, by name.
    let subjects: [Subject]

    /// Those that load.
    var recipes: [Recipe] { subjects.compactMap { try? $0.recipe.get() } }

    /// Reads the recipes.
    ///
    /// - Throws: A `UsageError` for a name that no recipe has, and where it is not said which are meant.
    init(_ names: [String], all: Bool, recipes: RecipeOptions) throws {
        if all {
            if let name = names.first {
                throw UsageError("found '\(name)' beside '--all', expected one of the two")
            }
            let listings = recipes.library.contents().listings.filter { $0.shadowedBy == nil }
            guard !listings.isEmpty else { throw UsageError("found no recipe on the search path") }
            subjects = listings.map { Subject(word: $0.name, recipe: $0.recipe) }
            return
        }
        guard !names.isEmpty else {
            throw UsageError(
                "found no recipe, expected names of recipes or '--all'",
                notes: ["'taprecipe list' lists what there is"])
        }
        subjects = try names.map { name in
            do {
                return Subject(word: name, recipe: .success(try recipes.find(name)))
            } catch let error as DiagnosticsError {
                return Subject(word: name, recipe: .failure(error))
            }
        }
    }
}
