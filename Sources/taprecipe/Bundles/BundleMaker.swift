import Diagnostics
import RecipeBundles
import RecipeModel
import RecipeTesting
import Templater

/// Puts recipes and runbooks into a bundle, with all that they need.
struct BundleMaker {
    private let library: RecipeLibrary
    private let files: RecipeFiles
    private var draft: BundleDraft
    /// The recipes that can be run by their names, so far.
    private(set) var recipes: [Recipe] = []

    init(_ library: RecipeLibrary, _ files: RecipeFiles, created: Int64) {
        self.library = library
        self.files = files
        draft = BundleDraft(created: created)
    }

    /// Adds a recipe by its name or path, or a runbook by its path, with the recipes of its steps.
    ///
    /// - Throws: What is wrong with it; only what is sound is signed.
    mutating func add(_ word: String) throws {
        if files.isRunbook(word) {
            try add(try files.runbook(word).onThisHost([]))
        } else {
            try add(try library.named(word), at: nil)
        }
    }

    /// The bundle's bytes.
    func bytes() throws -> [UInt8] {
        try Self.placing { () throws(BundleDraft.Problem) in try draft.bytes(program: taprecipeVersion) }
    }

    private mutating func add(_ runbook: Runbook) throws {
        try Self.placing { () throws(BundleDraft.Problem) in try draft.add(runbook) }
        for step in runbook.steps {
            let name = step.recipe.value
            guard runbook.namesFile(of: step) else {
                try add(try library.named(name), at: nil)
                continue
            }
            guard let path = runbook.bundledPath(of: step) else {
                throw DiagnosticsError(
                    .error(
                        "recipe '\(name)' is not below the runbook's folder, so it has no place in a bundle",
                        at: step.recipe.range, notes: ["name it by its name, or put it there"]))
            }
            try add(try library.named(runbook.path(of: step)), at: path)
        }
    }

    private mutating func add(_ recipe: Recipe, at path: String?) throws {
        try Templater.check(recipe).throwIfErrors()
        let names = Set(RecipeTester(recipe).scripts().map(\.file)).sorted()
        let scripts = try names.map { name in
            guard case .success(let text) = GoldenScripts.files(of: recipe)(name) else {
                throw CommandFailure("cannot read '\(name)', with which '\(recipe.name)' tests its script")
            }
            return (name: name, bytes: Array(text.utf8))
        }
        try Self.placing { () throws(BundleDraft.Problem) in
            try draft.add(recipe, at: path, scripts: scripts)
        }
        if path == nil { recipes.append(recipe) }
    }

    /// Does some work; what has no place in a bundle is a mistake of the command line.
    private static func placing<Value>(_ work: () throws(BundleDraft.Problem) -> Value) throws -> Value {
        do {
            return try work()
        } catch {
            throw UsageError("\(error)")
        }
    }
}
