public import Diagnostics

/// The recipes that a search path holds.
public struct RecipeLibrary: Sendable {
    /// A recipe's file on the search path.
    public struct Listing: Sendable {
        /// The name that finds it.
        public var name: String
        /// Its file.
        public var path: String
        /// Where its folder's place on the path comes from.
        public var origin: SearchPath.Origin
        /// The recipe, or what is wrong with it.
        public var recipe: Result<Recipe, DiagnosticsError>
        /// The files of the same name in weaker folders, which this one hides.
        public var shadows: [String] = []
        /// The file of the same name in the strongest folder, which hides this one.
        public var shadowedBy: String?
    }

    /// What is on the search path.
    public struct Contents: Sendable {
        /// The recipes by name, those of one name from the strongest folder to the weakest.
        public var listings: [Listing]
        /// Folders that could not be read.
        public var problems: [Diagnostic]
    }

    private let folders: [SearchPath.Folder]
    private let files: RecipeFiles

    /// Creates a library over a search path; folders that are the same under another name count once.
    public init(_ searchPath: SearchPath, files: RecipeFiles = RecipeFiles()) {
        var seen: Set<String> = []
        folders = searchPath.folders.filter { seen.insert(Folder.canonicalPath($0.path) ?? $0.path).inserted }
        self.files = files
    }

    /// Reads every recipe on the path.
    public func contents() -> Contents {
        let search = search
        var listings: [Listing] = []
        for (name, places) in search.places.sorted(by: { $0.key < $1.key }) {
            for (index, place) in places.enumerated() {
                let recipe = Result { () throws(DiagnosticsError) in try load(place.path) }
                listings.append(
                    Listing(
                        name: name, path: place.path, origin: place.origin, recipe: recipe,
                        shadows: index == 0 ? places.dropFirst().map(\.path) : [],
                        shadowedBy: index == 0 ? nil : places[0].path))
            }
        }
        let refusals = search.refusals.flatMap(\.error.diagnostics).map { diagnostic in
            Diagnostic(.warning, diagnostic.message, notes: diagnostic.notes)
        }
        return Contents(listings: listings, problems: search.problems + refusals)
    }

    /// The names on the path, sorted; nothing is read but the folders and bundles.
    public func names() -> [String] { search.places.keys.sorted() }

    /// Whether it is certain that no recipe has a name.
    public func lacks(_ name: String) -> Bool {
        let search = search
        return !RecipeBases.isPath(name) && search.places[name] == nil && search.refusals.isEmpty
    }

    /// The recipe that a user means; a name with a `/` in it or `.yaml` at its end is a file's path.
    ///
    /// - Throws: that there is none, with the nearest names, or everything that is wrong with it; that a bundle is refused
    ///   which might hold it.
    public func find(_ name: String) throws(DiagnosticsError) -> Recipe {
        if RecipeBases.isPath(name) { return try load(name) }
        let search = search
        let place = search.places[name]?.first
        if let refusal = search.refusal(before: place) { throw refusal }
        if let place { return try load(place.path) }
        let problem = LibraryProblem.noSuchRecipe(
            name, known: search.places.keys.sorted(), folders: folders.map(\.path))
        throw DiagnosticsError([problem.diagnostic] + search.problems)
    }

    private var search: RecipeSearch { RecipeSearch(folders, files) }

    private func load(_ path: String) throws(DiagnosticsError) -> Recipe {
        try RecipeLoader.load(try files.source(path), fileName: RecipeFile.baseName(path), bases: bases)
    }

    /// What a recipe's `extends` means: a name on the search path, else beside the recipe.
    ///
    /// A recipe that extends its own name means the file that it hides. One in a bundle extends what came along with it.
    private var bases: RecipeBases {
        RecipeBases { name, chain throws(RecipeBases.Failure) in
            if let start = chain.firstIndex(where: { BundlePath($0) != nil }) {
                return try RecipeBases.bundled(chain[start], files).find(name, Array(chain[start...]))
            }
            if RecipeBases.isPath(name) { return try RecipeBases.besideRecipe.find(name, chain) }
            let known = search.places
            var places = (known[name] ?? []).map(\.path)
            if let file = chain.last, RecipeFile.baseName(file) == name {
                let own = Folder.canonicalPath(file)
                if let index = places.firstIndex(where: { Folder.canonicalPath($0) == own }) {
                    places.removeFirst(index + 1)
                }
            }
            if let place = places.first { return try RecipeBases.read(place, files) }
            do throws(RecipeBases.Failure) {
                return try RecipeBases.besideRecipe.find(name, chain)
            } catch {
                throw .noSuchRecipe(known: known.keys.sorted())
            }
        }
    }
}
