import Diagnostics
import RecipeModel

/// What `validate` was asked to check, and with what: the words of its command line that are no option of its own.
struct ValidationSubjects {
    /// One thing to check.
    enum Subject {
        /// A recipe, or everything that is wrong with its file; `word` is how the user named it.
        case recipe(word: String, Result<Recipe, DiagnosticsError>)
        /// A runbook, or everything that is wrong with its file.
        case runbook(path: String, Result<RunbookDraft, DiagnosticsError>)
        /// A file of SystemTap.
        case script(path: String)

        /// The recipe, if it is one and loads.
        var recipe: Recipe? {
            if case .recipe(_, .success(let recipe)) = self { recipe } else { nil }
        }
    }

    /// In the order in which they were named.
    let subjects: [Subject]
    /// `--NAME VALUE` and its kin.
    let options: [(name: String, value: [UInt8]?)]
    /// Whether one of them is a runbook.
    var hasRunbook: Bool { subjects.contains { if case .runbook = $0 { true } else { false } } }
    /// What stands behind `--`: a command for recipes, arguments for scripts.
    let rest: [String]?

    /// Splits the words and reads the recipes.
    ///
    /// The names come first, as an option may take the word behind it; where none does, they stand behind the
    /// options.
    ///
    /// - Throws: A `UsageError` for a name that no recipe has, an option that no recipe has, and words that have no
    ///   meaning.
    init(_ words: [String], recipes: RecipeOptions) throws {
        let note = "recipes and scripts come first, then parameters as --NAME VALUE"
        var names = Array(words.prefix { !RecipeArguments.isOption($0) })
        var split = RecipeArguments(Array(words.dropFirst(names.count))) { _ in false }
        if names.isEmpty {
            if split.strays.contains(where: RecipeArguments.isOption) { try split.requireRecipes(note: note) }
            names = split.strays
            split.strays = []
        }
        guard !names.isEmpty else {
            throw UsageError(
                "found no recipe, expected names of recipes, or files of runbooks or SystemTap (.stp)",
                notes: ["'taprecipe list' lists what there is", "'--all-recipes' checks every installed one"])
        }
        subjects = try names.map { try Self.subject($0, recipes) }
        let known = subjects.compactMap(\.recipe)
        let parameters = known.flatMap(\.parameters)
        if names.first == words.first {
            split = RecipeArguments(Array(words.dropFirst(names.count))) { name in
                parameters.contains { $0.name == name && $0.type == .boolean }
            }
        }
        try split.requireRecipes(note: note)
        options = split.options
        rest = split.command
        try check(parameters: parameters, recipes: known)
    }

    /// One recipe with values for its parameters.
    init(_ recipe: Recipe, options: [(name: String, value: [UInt8]?)]) {
        subjects = [.recipe(word: recipe.name, .success(recipe))]
        self.options = options
        rest = nil
    }

    /// Those of the words that a recipe takes, as a command line has them.
    func words(for recipe: Recipe) -> [String] {
        let own = options.filter { option in
            subjects.count == 1 || recipe.parameters.contains { $0.name == option.name }
        }
        let words = own.map { option in
            "--\(option.name)" + (option.value.map { "=" + String(decoding: $0, as: UTF8.self) } ?? "")
        }
        return words + (rest.map { ["--"] + $0 } ?? [])
    }

    private func check(parameters: [Parameter], recipes: [Recipe]) throws {
        let isOfUnreadable = subjects.contains {
            if case .recipe(_, .failure) = $0 { true } else { false }
        }
        let isScripted = subjects.contains { if case .script = $0 { true } else { false } }
        let names = parameters.map(\.name)
        // What a recipe that does not load would have taken, nobody knows.
        for option in options where !names.contains(option.name) && !isOfUnreadable {
            if recipes.isEmpty, !isScripted {
                throw UsageError(
                    "found '--\(option.name)', but runbooks have no parameters",
                    notes: ["give their variables with '--set NAME=VALUE'"])
            }
            guard !recipes.isEmpty else {
                throw UsageError(
                    "found '--\(option.name)', but scripts have no parameters",
                    notes: ["a script's own arguments ($1, @1) stand behind '--'"])
            }
            // One recipe's own error lists its parameters.
            if subjects.count == 1 { continue }
            throw UsageError(
                "none of the recipes has a parameter '\(option.name)'"
                    + Likeness.suggestion(for: option.name, among: names, prefix: "--"))
        }
        if rest != nil, isScripted, !recipes.isEmpty {
            throw UsageError(
                "found '--' with both recipes and scripts, for which it means different things",
                notes: ["check the recipes and the scripts apart"])
        }
    }

    private static func subject(_ word: String, _ recipes: RecipeOptions) throws -> Subject {
        if word.hasSuffix(".stp") { return .script(path: word) }
        let files = Surroundings.bundles.files
        if files.isRunbook(word) {
            return .runbook(
                path: word,
                Result { () throws(DiagnosticsError) in try files.runbook(word) })
        }
        do {
            return .recipe(word: word, .success(try recipes.find(word)))
        } catch let error as DiagnosticsError {
            return .recipe(word: word, .failure(error))
        }
    }
}
