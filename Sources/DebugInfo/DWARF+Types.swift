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
    /// The type that `@cast(x, "name")` means: `int`, `size_t`, `struct s`, `class C`, `union u`, `enum e`,
    /// `ns::T`; a name without a keyword is a type definition or base type first, then a struct, union, enum.
    ///
    /// The definition is taken from whichever unit has one. Nil where there is none.
    public func type(named text: String) -> DWARFType? {
        let words = text.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
        if words.count == 2 {
            let keyword = words[0] == "class" ? TypeKeyword.structure : TypeKeyword(rawValue: words[0])
            if let keyword, keyword != .none { return type(named: words[1], keyword, near: nil) }
        }
        let name = words.joined(separator: " ")
        for keyword in TypeKeyword.allCases {
            if let found = type(named: name, keyword, near: nil) { return found }
        }
        return nil
    }

    /// The names of the types that are defined anywhere, with their keywords, for suggestions.
    public var typeNames: [String] {
        if let knownTypeNames { return knownTypeNames }
        var names = NameSet()
        for unit in unitEntries {
            for child in unit.children where !child.isDeclaration {
                guard let keyword = TypeKeyword(tag: child.tag), let name = child.name else { continue }
                names.insert(keyword == .none ? name : "\(keyword.rawValue) \(name)")
            }
        }
        let sorted = names.sorted
        knownTypeNames = sorted
        return sorted
    }

    func type(named name: String, _ keyword: TypeKeyword, near unit: DIE?) -> DWARFType? {
        // Within a unit, a static type may hide another unit's of the same name.
        let key = "\(unit?.address ?? 0) \(keyword.rawValue) \(name)"
        if let known = typeCache[key] { return known.map { DWARFType(dwarf: self, die: $0) } }
        let parts = Self.split(name)
        var found = unit.flatMap { Self.definition(parts[...], keyword, below: $0, depth: 0) }
        if found == nil, let last = parts.last {
            for number in unitSearch.units(naming: last) {
                found = Self.definition(parts[...], keyword, below: unitEntries[number], depth: 0)
                if found != nil { break }
            }
        }
        typeCache[key] = .some(found)
        return found.map { DWARFType(dwarf: self, die: $0) }
    }

    private static func definition(
        _ parts: ArraySlice<String>, _ keyword: TypeKeyword, below parent: DIE, depth: Int
    ) -> DIE? {
        guard let name = parts.first, depth < 64 else { return nil }
        return name.withCString { wanted in
            for child in parent.children {
                guard let pointer = child.namePointer, strcmp(pointer, wanted) == 0 else { continue }
                if parts.count == 1 {
                    if TypeKeyword(tag: child.tag) == keyword, !child.isDeclaration { return child }
                } else if [DW_TAG_namespace, DW_TAG_class_type, DW_TAG_structure_type].contains(child.tag),
                    let found = definition(parts.dropFirst(), keyword, below: child, depth: depth + 1)
                {
                    return found
                }
            }
            return nil
        }
    }

    /// The names between `::`.
    private static func split(_ name: String) -> [String] {
        // A template's arguments may hold `::` too and belong to its name.
        guard !name.contains("<") else { return [name] }
        var parts = [""]
        var rest = Substring(name)
        while let first = rest.first {
            if rest.hasPrefix("::") {
                parts.append("")
                rest = rest.dropFirst(2)
            } else {
                parts[parts.count - 1].append(first)
                rest = rest.dropFirst()
            }
        }
        return parts.filter { !$0.isEmpty }
    }
}
