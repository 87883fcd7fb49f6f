import Diagnostics

/// The words for what is wrong with `extends:`.
extension RecipeProblem {
    func extensionDiagnostic(at range: SourceRange?) -> Diagnostic {
        switch self {
        case .noBase(let name, let known):
            .error(
                "there is no recipe \(quote(name)) to extend\(Likeness.suggestion(for: name, among: known))",
                at: range,
                notes: [
                    "it is looked for on the search path and beside this file; a path needs a '/' or '.yaml'"
                ])
        case .unreadableBase(let words): .error(words, at: range)
        case .baseIsNoRecipe(let name):
            .error("\(quote(name)) is no recipe, expected a mapping of keys to values", at: range)
        case .extendsCircle(let names, let first):
            Diagnostic(
                .error, "recipes extend each other in a circle: \(names.joined(separator: ", then "))",
                at: range,
                notes: first.map { [.init("the circle begins here", at: $0)] } ?? [])
        case .extendsTooDeep(let limit):
            .error("more than \(limit) recipes extend each other in a row", at: range)
        default: other(at: range)
        }
    }
}
