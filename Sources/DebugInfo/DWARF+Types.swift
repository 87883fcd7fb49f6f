import CElfutils
import Glibc

/// The keyword before a type's name.
enum TypeKeyword: String, CaseIterable {
    case none = ""
    case structure = "struct"
    case union = "union"
    case enumeration = "enum"

    init?(tag: Int) {
        switch tag {
        case DW_TAG_structure_type, DW_TAG_class_type: self = .structure
        case DW_TAG_union_type: self = .union
        case DW_TAG_enumeration_type: self = .enumeration
        case DW_TAG_typedef, DW_TAG_base_type: self = .none
        default: return nil
        }
    }
}

extension DWARF {
    /// The type that `@cast(x, "name")` means: `int`, `size_t`, `struct s`, `class C`, `union u`, `enum e`, and
    /// `ns::T`, `ns::struct s`; a name without a keyword is a type definition or base type first, then a struct,
    /// union, enum.
    ///
    /// The definition is taken from whichever unit has one. Nil where there is none.
    public func type(named text: String) -> DWARFType? {
        let name = TypeName(text)
        for keyword in name.keywords {
            if let found = type(name, keyword, near: nil) { return found }
        }
        return nil
    }

    /// The names of the types that are defined anywhere, as `type(named:)` takes them, for suggestions.
    public var typeNames: [String] {
        if let knownTypeNames { return knownTypeNames }
        var names = NameSet()
        for unit in unitEntries {
            var mark = WalkMark()
            Self.addTypeNames(
                below: unit, scope: "", isNested: CompilationUnit.hasInnerTypes(unit), depth: 0, &mark,
                to: &names)
        }
        let sorted = names.sorted
        knownTypeNames = sorted
        return sorted
    }

    private static func addTypeNames(
        below parent: DIE, scope: String, isNested: Bool, depth: Int, _ mark: inout WalkMark,
        to names: inout NameSet
    ) {
        for child in parent.children {
            guard mark.passes(child) else { return }
            guard !child.isDeclaration, let name = child.name else { continue }
            if let keyword = TypeKeyword(tag: child.tag) {
                names.insert(scope + (keyword == .none ? name : "\(keyword.rawValue) \(name)"))
            }
            if isNested, depth < maximumDepth, isScope(child) {
                addTypeNames(
                    below: child, scope: "\(scope)\(name)::", isNested: true, depth: depth + 1, &mark,
                    to: &names)
            }
        }
    }

    /// The definition of a type of a unit, or else of any, with nothing around it.
    func type(named name: String, _ keyword: TypeKeyword, near unit: DIE?) -> DWARFType? {
        type(TypeName(name, keyword), keyword, near: unit)
    }

    private func type(_ name: TypeName, _ keyword: TypeKeyword, near unit: DIE?) -> DWARFType? {
        // Within a unit, a static type may hide another unit's of the same name.
        let key =
            "\(unit?.address ?? 0) \(name.scopes.joined(separator: "::"))::\(keyword.rawValue) \(name.name)"
        if let known = typeCache[key] { return known.map { DWARFType(dwarf: self, die: $0) } }
        var found = unit.flatMap { Self.definition(name, keyword, in: $0) }
        if found == nil {
            for number in unitSearch.units(naming: name.name) {
                found = Self.definition(name, keyword, in: unitEntries[number])
                if found != nil { break }
            }
        }
        typeCache[key] = .some(found)
        return found.map { DWARFType(dwarf: self, die: $0) }
    }

    private static func definition(_ name: TypeName, _ keyword: TypeKeyword, in unit: DIE) -> DIE? {
        guard name.scopes.isEmpty || CompilationUnit.hasInnerTypes(unit) else { return nil }
        var mark = WalkMark()
        return definition(name, keyword, scopes: name.scopes[...], below: unit, &mark)
    }

    private static func definition(
        _ name: TypeName, _ keyword: TypeKeyword, scopes: ArraySlice<String>, below parent: DIE,
        _ mark: inout WalkMark
    ) -> DIE? {
        let text = scopes.first ?? name.name
        guard name.scopes.count < maximumDepth else { return nil }
        return text.withCString { wanted in
            for child in parent.children {
                guard mark.passes(child) else { return nil }
                guard let pointer = child.namePointer, strcmp(pointer, wanted) == 0, !child.isDeclaration
                else {
                    continue
                }
                if scopes.isEmpty {
                    if TypeKeyword(tag: child.tag) == keyword { return child }
                } else if isScope(child),
                    let found = definition(name, keyword, scopes: scopes.dropFirst(), below: child, &mark)
                {
                    return found
                }
            }
            return nil
        }
    }

    /// Whether a type may be named by what it stands in.
    private static func isScope(_ die: DIE) -> Bool {
        [DW_TAG_namespace, DW_TAG_class_type, DW_TAG_structure_type].contains(die.tag)
    }

    /// Namespaces and classes nested deeper than this are not looked into.
    private static let maximumDepth = 64
}
