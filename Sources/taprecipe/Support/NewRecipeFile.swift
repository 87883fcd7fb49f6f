import Diagnostics
import Glibc
import RecipeModel

/// The file that a new recipe is to be in.
struct NewRecipeFile {
    let path: String

    /// - Throws: A `UsageError` where the name is none, the file's name is another one, or the file is there.
    init(name: String, output: String?) throws {
        guard RecipeName.isValid(name) else {
            throw UsageError(
                "'\(name)' cannot be the name of a recipe",
                notes: ["a name is a lower-case letter, then lower-case letters, digits and single dashes"])
        }
        path = output ?? "\(name).yaml"
        guard path == "\(name).yaml" || path.hasSuffix("/\(name).yaml") else {
            throw UsageError("found '-o \(path)', expected the file to be called '\(name).yaml'")
        }
        var status = stat()
        guard lstat(path, &status) != 0 else {
            throw UsageError(
                "'\(path)' is there already, and is left as it is",
                notes: ["choose another name, or remove it"])
        }
    }

    /// The path as commands take it for a file's.
    static func asArgument(_ path: String) -> String { path.contains("/") ? path : "./\(path)" }
}
