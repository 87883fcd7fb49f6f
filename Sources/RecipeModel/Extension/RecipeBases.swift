public import Diagnostics

/// Finds the recipes that others extend.
public struct RecipeBases: Sendable {
    /// Why there is none, in words that follow the name.
    enum Failure: Error {
        case noSuchRecipe(known: [String])
        case unreadable(DiagnosticsError)
    }

    /// A recipe's file as it was read.
    typealias Found = (source: SourceFile, fileName: String?)

    /// Finds what a name or path means in a file; `chain` are the paths of those that lead there, the nearest last.
    let find: @Sendable (_ name: String, _ chain: [String]) throws(Failure) -> Found

    /// Paths beside the recipe that states them, and names among the files in its folder.
    public static let besideRecipe = RecipeBases { name, chain throws(Failure) in
        let path = Self.isPath(name) ? name : "\(name).yaml"
        return try read(Self.beside(chain.last ?? "", path))
    }

    /// Those that came along with a recipe, in the order in which they extend each other.
    public static func known(_ sources: [SourceFile]) -> RecipeBases {
        RecipeBases { _, chain throws(Failure) in
            guard chain.count <= sources.count else { throw .noSuchRecipe(known: []) }
            return (sources[chain.count - 1], nil)
        }
    }

    /// Those in known files, in the order in which they extend each other.
    static func files(_ paths: [String], read files: RecipeFiles) -> RecipeBases {
        RecipeBases { _, chain throws(Failure) in
            guard chain.count <= paths.count else { throw .noSuchRecipe(known: []) }
            return try read(paths[chain.count - 1], files)
        }
    }

    /// Those that a bundle holds for one of its recipes.
    static func bundled(_ recipe: String, _ files: RecipeFiles) -> RecipeBases {
        RecipeBases { name, chain throws(Failure) in
            guard let path = BundlePath(recipe) else { throw .noSuchRecipe(known: []) }
            let file: BundledFiles.File
            do throws(DiagnosticsError) {
                file = try files.file(path)
            } catch {
                throw .unreadable(error)
            }
            let bases = file.bases.map { "\(BundlePath(bundle: path.bundle, member: $0))" }
            return try Self.files(bases, read: files).find(name, chain)
        }
    }

    /// Whether what `extends` says is a file's path rather than a recipe's name.
    static func isPath(_ name: String) -> Bool {
        name.utf8.contains(UInt8(ascii: "/")) || name.hasSuffix(".yaml")
    }

    /// A path as it is meant in a file: beside that, unless it is absolute.
    static func beside(_ file: String, _ path: String) -> String {
        guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
        return String(file[...slash]) + path.trimmingPrefix("./")
    }

    static func read(_ path: String, _ files: RecipeFiles = RecipeFiles()) throws(Failure) -> Found {
        do {
            return (try files.source(path), RecipeFile.baseName(path))
        } catch {
            throw .unreadable(error)
        }
    }
}
