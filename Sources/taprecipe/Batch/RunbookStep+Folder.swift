import RecipeModel

extension RunbookStep {
    /// Whether it depends on the folder in which the runbook is run: by a relative path, or by a command, which begins
    /// there.
    func dependsOnFolder(_ recipe: Recipe) -> Bool {
        let targetDepends =
            switch target {
            case .none, .pid: false
            case .pidFile(let text): Self.isRelative(text.value, .path)
            case .command: true
            case .binary(let text): Self.isRelative(text.value, .executable)
            }
        if targetDepends { return true }
        return parameters.contains { assignment in
            guard let parameter = recipe.parameters.first(where: { $0.name == assignment.name.value }) else {
                return false
            }
            return assignment.values.contains { Self.isRelative($0.value, parameter.type) }
        }
    }

    /// Whether a value of a parameter is a relative path; an executable's bare name is looked up in PATH.
    private static func isRelative(_ text: String, _ type: ParameterType) -> Bool {
        switch type {
        case .path: !text.hasPrefix("/")
        case .executable: !text.hasPrefix("/") && text.contains("/")
        case .list(let element): text.split(separator: ",").contains { isRelative(String($0), element) }
        default: false
        }
    }
}
