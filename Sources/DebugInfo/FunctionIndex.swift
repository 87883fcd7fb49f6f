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
            add(unit, number, isNested: !CompilationUnit.isC(unit), depth: 0)
        }
    }

    /// The entries that a pattern names, in the order of the file.
    func entries(named pattern: Glob) -> [Entry] {
        if pattern.isPattern {
            if pattern.text == "*" { return entries }
            if pattern.text.hasPrefix("_Z") {
                return entries.filter { $0.die.linkageName.map { pattern.matches($0) } ?? false }
            }
            return entries.filter { pattern.matches($0.name) }
        }
        let named = pattern.text.withCString { wanted in entries.filter { strcmp($0.name, wanted) == 0 } }
        // A mangled name is C++'s linkage name.
        guard named.isEmpty, pattern.text.hasPrefix("_Z") else { return named }
        return entries.filter { $0.die.linkageName == pattern.text }
    }

    /// The entries that a pattern names by another symbol of the same address: `malloc` for `__libc_malloc`.
    func aliases(named pattern: Glob, in symbols: SymbolTable) -> [Entry] {
        guard pattern.text != "*" else { return [] }
        let others = Set(
            symbols.functions(named: pattern).flatMap { symbol in
                symbols.functions(startingAt: symbol.address).map(\.name).filter { $0 != symbol.name }
            })
        guard !others.isEmpty else { return [] }
        return entries.filter { others.contains(String(cString: $0.name)) && !$0.die.isInlined }
    }

    /// The functions of the symbol table that DWARF does not know under any name of their address.
    func unknown(among candidates: [Symbol], in symbols: SymbolTable) -> [Symbol] {
        var known: Set<UInt64> = []
        if candidates.count > 32 {
            for entry in entries where !entry.die.isInlined {
                if let symbol = symbols.symbol(named: String(cString: entry.name)) {
                    known.insert(symbol.address)
                }
            }
            return candidates.filter { !known.contains($0.address) }
        }
        return candidates.filter { candidate in
            !symbols.functions(startingAt: candidate.address).contains { symbol in
                entries(named: Glob(literal: symbol.name)).contains { !$0.die.isInlined }
            }
        }
    }

    private mutating func add(_ parent: DIE, _ unit: Int, isNested: Bool, depth: Int) {
        for child in parent.children {
            switch child.tag {
            case DW_TAG_subprogram:
                if let name = child.namePointer, !child.isDeclaration {
                    entries.append(Entry(name: name, die: child, unit: unit))
                }
                // Local classes and lambdas have their methods inside the function.
                if isNested, depth < 64 { add(child, unit, isNested: true, depth: depth + 1) }
            case DW_TAG_namespace, DW_TAG_class_type, DW_TAG_structure_type, DW_TAG_union_type, DW_TAG_module,
                DW_TAG_lexical_block:
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
