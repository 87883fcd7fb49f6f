import DebugInfo
import StapLanguage

/// What a script variable points to, so that `->` may follow it: stap(1), TYPECASTING.
enum PointerType {
    case pointee(DWARFType)
    /// It took values of different types, or one that points nowhere.
    case conflicting
    /// It took a value that is not looked into, such as a function's result.
    case opaque

    /// What two assignments make of it.
    func merged(with other: PointerType) -> PointerType {
        switch (self, other) {
        case (.opaque, _), (_, .opaque): .opaque
        case (.pointee(let first), .pointee(let second)):
            first.unqualified?.id == second.unqualified?.id ? self : .conflicting
        default: .conflicting
        }
    }
}

/// What the script's global variables point to, gathered over all probes.
final class GlobalPointerTypes {
    private let names: Set<String>
    private(set) var types: [String: PointerType] = [:]

    init(_ tree: ScriptTree) { names = Set(tree.globals.map(\.name.text)) }

    func note(_ name: String, _ type: PointerType) {
        guard names.contains(name) else { return }
        types[name] = types[name].map { $0.merged(with: type) } ?? type
    }

    /// Whether some probe or function follows a global variable.
    func isNeeded(by tree: ScriptTree) -> Bool {
        var found = false
        guard !names.isEmpty else { return false }
        tree.walkExpressions { expression in
            if case .target(let target) = expression.kind, case .expression(let root) = target.root,
                case .variable(let name) = root.kind, names.contains(name.text)
            {
                found = true
            }
            return !found
        }
        return found
    }
}

extension Statement {
    /// Whether `->` or `[]` follows a script variable somewhere inside.
    var dereferencesScriptValues: Bool {
        var found = false
        walkExpressions { expression in
            if case .target(let target) = expression.kind, case .expression = target.root { found = true }
            return !found
        }
        return found
    }
}
