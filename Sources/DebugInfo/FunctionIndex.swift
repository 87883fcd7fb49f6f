import CElfutils
import Glibc

/// Every function entry of the units, without its names decoded: a search compares bytes in place.
struct FunctionIndex {
    struct Entry {
        var name: UnsafePointer<CChar>
        var die: DIE
        var unit: Int
    }

    let units: [DIE]
    private(set) var entries: [Entry] = []

    init(units: [DIE]) {
        self.units = units
        for (number, unit) in units.enumerated() {
            add(unit, number, isNested: CompilationUnit.isCPlusPlus(unit), depth: 0)
        }
    }

    /// The entries that a pattern names, in the order of the file.
    func entries(named pattern: Glob) -> [Entry] {
        if pattern.isPattern {
            return pattern.text == "*" ? entries : entries.filter { pattern.matches($0.name) }
        }
        return pattern.text.withCString { wanted in entries.filter { strcmp($0.name, wanted) == 0 } }
    }

    private mutating func add(_ parent: DIE, _ unit: Int, isNested: Bool, depth: Int) {
        for child in parent.children {
            switch child.tag {
            case DW_TAG_subprogram:
                if let name = child.namePointer { entries.append(Entry(name: name, die: child, unit: unit)) }
            case DW_TAG_namespace, DW_TAG_class_type, DW_TAG_structure_type, DW_TAG_union_type, DW_TAG_module:
                if isNested, depth < 64 { add(child, unit, isNested: true, depth: depth + 1) }
            case DW_TAG_imported_unit:
                if depth < 8, let unitImported = child.reference(DW_AT_import) {
                    add(unitImported, unit, isNested: isNested, depth: depth + 1)
                }
            default: break
            }
        }
    }
}
