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

    /// Creates a library over a search path; folders that are the same under another name count once.
    public init(_ searchPath: SearchPath) {
        var seen: Set<String> = []
        folders = searchPath.folders.filter { seen.insert(Folder.canonicalPath($0.path) ?? $0.path).inserted }
    }

    /// Reads every recipe on the path.
    public func contents() -> Contents {
        let (files, problems) = files()
        var listings: [Listing] = []
        for (name, places) in files.sorted(by: { $0.key < $1.key }) {
            for (index, place) in places.enumerated() {
                let recipe = Result { () throws(DiagnosticsError) in
                    try RecipeLoader.load(path: place.path, bases: bases)
                }
                listings.append(
                    Listing(
                        name: name, path: place.path, origin: place.origin, recipe: recipe,
                        shadows: index == 0 ? places.dropFirst().map(\.path) : [],
                        shadowedBy: index == 0 ? nil : places[0].path))
            }
        }
        return Contents(listings: listings, problems: problems)
    }

    /// The names on the path, sorted; nothing is read but the folders.
    public func names() -> [String] { files().byName.keys.sorted() }

    /// The recipe that a user means; a name with a `/` in it or `.yaml` at its end is a file's path.
    ///
    /// - Throws: that there is none, with the nearest names, or everything that is wrong with it.
    public func find(_ name: String) throws(DiagnosticsError) -> Recipe {
        if name.utf8.contains(UInt8(ascii: "/")) || name.hasSuffix(".yaml") {
            return try RecipeLoader.load(path: name, bases: bases)
        }
        let (files, problems) = files()
        if let first = files[name]?.first { return try RecipeLoader.load(path: first.path, bases: bases) }
        let problem = LibraryProblem.noSuchRecipe(
            name, known: files.keys.sorted(), folders: folders.map(\.path))
        throw DiagnosticsError([problem.diagnostic] + problems)
    }

    /// What a recipe's `extends` means: a name on the search path, else beside the recipe.
    ///
    /// A recipe that extends its own name means the file that it hides.
    private var bases: RecipeBases {
        RecipeBases { name, chain throws(RecipeBases.Failure) in
            if RecipeBases.isPath(name) { return try RecipeBases.besideRecipe.find(name, chain) }
            let (files, _) = files()
            var places = (files[name] ?? []).map(\.path)
            if let file = chain.last, RecipeFile.baseName(file) == name {
                let own = Folder.canonicalPath(file)
                if let index = places.firstIndex(where: { Folder.canonicalPath($0) == own }) {
                    places.removeFirst(index + 1)
                }
            }
            if let place = places.first { return try RecipeBases.read(place) }
            do throws(RecipeBases.Failure) {
                return try RecipeBases.besideRecipe.find(name, chain)
            } catch {
                throw .noSuchRecipe(known: files.keys.sorted())
            }
        }
    }

    private typealias Places = [(path: String, origin: SearchPath.Origin)]

    /// The files on the path by their recipes' names.
    private func files() -> (byName: [String: Places], problems: [Diagnostic]) {
        var byName: [String: Places] = [:]
        var problems: [Diagnostic] = []
        for folder in folders {
            do {
                for file in try Folder.files(in: folder.path) where file.hasSuffix(".yaml") {
                    guard !file.hasPrefix("."), file != ".yaml" else { continue }
                    let path = folder.path.hasSuffix("/") ? folder.path + file : "\(folder.path)/\(file)"
                    byName[RecipeFile.baseName(file), default: []].append((path, folder.origin))
                }
            } catch {
                // The usual places need not exist; one that the user named does.
                if error.isMissing, folder.origin != .option, folder.origin != .environment { continue }
                problems.append(LibraryProblem.unreadableFolder(folder.path, errno: error.errno).diagnostic)
            }
        }
        return (byName, problems)
    }
}
