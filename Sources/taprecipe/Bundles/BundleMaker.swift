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
    /// What cannot be told without values that the runbooks are given only where they run.
    private(set) var warnings: [Diagnostic] = []

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
            for runbook in try files.runbook(word).variants() { try add(runbook) }
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
            if step.isRecipeOpen {
                warn(of: step)
                continue
            }
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

    private mutating func warn(of step: RunbookStep) {
        let warning = Diagnostic(
            .warning,
            "which recipe the step '\(step.name.value)' runs is known only where the runbook is run",
            at: step.recipe.range,
            notes: [.init("name the recipes that it may be besides the runbook, so that they come along")])
        if !warnings.contains(warning) { warnings.append(warning) }
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
        if path == nil, !recipes.contains(where: { $0.name == recipe.name }) { recipes.append(recipe) }
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
