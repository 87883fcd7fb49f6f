import Diagnostics
import Glibc
import RecipeModel
import RecipeTesting

/// The scripts that stand beside a recipe for its tests to compare with.
enum GoldenScripts {
    /// Reads those of a recipe.
    static func files(of recipe: Recipe) -> RecipeTester.Files {
        { name in
            do {
                let path = path(name, recipe)
                if BundlePath(path) != nil {
                    return .success(try Surroundings.bundles.files.source(path).text)
                }
                let bytes = try InputFile(path: path).read(limit: 16 << 20)
                return .success(String(decoding: bytes, as: UTF8.self))
            } catch let failure as SystemFailure {
                return .failure(.init(String(cString: strerror(failure.code)).lowercased()))
            } catch {
                return .failure(.init("it cannot be read"))
            }
        }
    }

    /// Writes those that are not as the recipe makes them; the paths of what was written.
    static func renew(_ recipe: Recipe) throws -> [String] {
        let files = files(of: recipe)
        return try RecipeTester(recipe).scripts().compactMap { file, script in
            if case .success(script) = files(file) { return nil }
            let path = path(file, recipe)
            try OutputFile(path: path, mode: 0o644).write(Array(script.utf8))
            return path
        }
    }

    private static func path(_ name: String, _ recipe: Recipe) -> String {
        let folder = recipe.source.name.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        return (folder.map(String.init) + [name]).joined(separator: "/")
    }
}
