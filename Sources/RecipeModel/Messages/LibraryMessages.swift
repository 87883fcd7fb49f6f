import Diagnostics

/// The words for what is wrong with the search for a recipe.
extension LibraryProblem {
    /// The problem in words.
    var diagnostic: Diagnostic { diagnostic(of: .recipe) }

    /// The problem in words, of a file that holds a recipe or something else.
    func diagnostic(of document: DocumentKind) -> Diagnostic {
        switch self {
        case .noSuchRecipe(let name, let known, let folders):
            .error(
                "there is no recipe \(quote(name))\(Likeness.suggestion(for: name, among: known))",
                notes: [
                    known.isEmpty
                        ? "there are no recipes at all in \(folders.map(quote(path:)).joined(separator: ", "))"
                        : "'taprecipe list' shows what there is; a path to a file needs a '/' or '.yaml'"
                ])
        case .unreadableFolder(let path, let errno):
            .warning("cannot read recipe folder \(quote(path: path)): \(describe(errno))")
        case .untrusted(let recipe, let path, let reason):
            .error(
                "\(document.rawValue) \(quote(path: recipe)) is not \(document == .trustedKeys ? "believed by" : "run as") root, as \(path == recipe ? "it" : quote(path: path)) \(Self.words(reason))",
                notes: [Self.remedy(reason, path)])
        case .unresolvable(let recipe, let errno):
            .error("cannot see who can write \(document.rawValue) \(quote(path: recipe)): \(describe(errno))")
        }
    }

    private static func words(_ reason: Reason) -> String {
        switch reason {
        case .owner(let user): "belongs to user \(user)"
        case .groupCanWrite: "can be written by its group"
        case .othersCanWrite: "can be written by anybody"
        }
    }

    private static func remedy(_ reason: Reason, _ path: String) -> String {
        switch reason {
        case .owner: "mend it with: chown root \(path)"
        case .groupCanWrite, .othersCanWrite: "mend it with: chmod go-w \(path)"
        }
    }
}
