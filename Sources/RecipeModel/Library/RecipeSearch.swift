import Diagnostics

/// What the folders and bundles of a search path hold, by name; of the files nothing is read but the bundles.
struct RecipeSearch {
    /// A recipe's file.
    struct Place {
        var path: String
        var origin: SearchPath.Origin
        /// Which part of the search path holds it, the strongest first.
        var rank: Int
    }

    /// A bundle that was not opened, and why not.
    struct Refusal {
        var rank: Int
        var error: DiagnosticsError
    }

    /// The recipes by name, from the strongest place to the weakest.
    private(set) var places: [String: [Place]] = [:]
    /// The folders that could not be read.
    private(set) var problems: [Diagnostic] = []
    /// The bundles that were not opened.
    private(set) var refusals: [Refusal] = []

    init(_ folders: [SearchPath.Folder], _ files: RecipeFiles) {
        for (rank, folder) in folders.enumerated() {
            if BundlePath.isBundle(folder.path) {
                add(bundles: [folder.path], folder.origin, rank, files)
            } else {
                add(folder, rank, files)
            }
        }
    }

    /// The refusal that decides, where one does: a bundle in that place, or in a stronger one, may hold what is meant.
    func refusal(before place: Place?) -> DiagnosticsError? {
        refusals.first { $0.rank <= place?.rank ?? .max }?.error
    }

    private mutating func add(_ folder: SearchPath.Folder, _ rank: Int, _ files: RecipeFiles) {
        let names: [String]
        do {
            names = try Folder.files(in: folder.path)
        } catch {
            // The usual places need not exist; one that the user named does.
            if error.isMissing, folder.origin != .option, folder.origin != .environment { return }
            problems.append(LibraryProblem.unreadableFolder(folder.path, errno: error.errno).diagnostic)
            return
        }
        let start = folder.path.hasSuffix("/") ? folder.path : "\(folder.path)/"
        for name in names where name.hasSuffix(".yaml") && !name.hasPrefix(".") {
            add(start + name, folder.origin, rank)
        }
        let bundles = names.filter { BundlePath.isBundle($0) && !$0.hasPrefix(".") }.sorted()
        add(bundles: bundles.map { start + $0 }, folder.origin, rank, files)
    }

    /// Adds the recipes of a folder's bundles, those of a newer bundle first.
    private mutating func add(
        bundles: [String], _ origin: SearchPath.Origin, _ rank: Int, _ files: RecipeFiles
    ) {
        var opened: [(path: String, files: BundledFiles)] = []
        for path in bundles {
            do throws(DiagnosticsError) {
                opened.append((path, try files.open(path)))
            } catch {
                refusals.append(Refusal(rank: rank, error: error))
            }
        }
        for (path, files) in opened.sorted(by: { $0.files.created > $1.files.created }) {
            for recipe in files.recipes {
                add("\(BundlePath(bundle: path, member: recipe))", origin, rank)
            }
        }
    }

    private mutating func add(_ path: String, _ origin: SearchPath.Origin, _ rank: Int) {
        places[RecipeFile.baseName(path), default: []].append(Place(path: path, origin: origin, rank: rank))
    }
}
