import CElfutils
import Glibc

/// The function entries of the units, without their names decoded: a search compares bytes in place.
///
/// A unit is walked when it is first asked for: for a name, only those units that can have it are.
final class FunctionIndex {
    struct Entry {
        var name: UnsafePointer<CChar>
        var die: DIE
        var unit: Int
    }

    let units: [DIE]
    private let search: UnitSearch
    private var walked: [[Entry]?]
    private var unwalked: Int
    /// How many bytes the names may still take; in a damaged file all of them can share one long string's end.
    private var room: Int

    /// Prepares an index; names of more than `room` bytes together are not a sound program's.
    init(units: [DIE], search: UnitSearch, room: Int = 128 << 20) {
        self.units = units
        self.search = search
        self.room = room
        self.walked = Array(repeating: nil, count: units.count)
        self.unwalked = units.count
    }

    /// All entries, in the order of the file.
    var entries: [Entry] { units.indices.flatMap { entries(of: $0) } }

    private func entries(of number: Int) -> [Entry] {
        if let known = walked[number] { return known }
        let unit = units[number]
        var walk = FunctionWalk(unit: number, room: room)
        walk.add(unit, isNested: !CompilationUnit.isC(unit))
        room = walk.room
        walked[number] = walk.entries
        unwalked -= 1
        return walk.entries
    }

    /// The entries of the units that can have one of the names.
    private func candidates(_ names: some Sequence<String>) -> [Entry] {
        guard unwalked > 0 else { return entries }
        let numbers = names.reduce(into: Set<Int>()) { $0.formUnion(search.units(naming: $1)) }
        return numbers.sorted().flatMap { entries(of: $0) }
    }

    /// The entries of each unit that a pattern names, by their own names or by another symbol of the same address
    /// (`malloc` for `__libc_malloc`), in the order in which stap meets them.
    func matches(_ pattern: Glob, in symbols: SymbolTable) -> [(unit: Int, entries: [Entry])] {
        var found: [(unit: Int, entries: [Entry])] = []
        let named = pattern.isPattern ? nil : entries(named: pattern) + aliases(named: pattern, in: symbols)
        if let named {
            // Of equal names, the table gives back the last one first.
            for (unit, entries) in Dictionary(grouping: named, by: \.unit).sorted(by: { $0.key < $1.key }) {
                found.append((unit, entries.reversed()))
            }
            return found
        }
        let isMangled = pattern.text.hasPrefix("_Z")
        for unit in units.indices {
            let ordered = ordered(entries(of: unit), symbols).compactMap { entry, alias in
                let isMeant =
                    isMangled
                    ? entry.die.linkageName.map { pattern.matches($0) } ?? false
                    : alias.map { pattern.matches($0) } ?? pattern.matches(entry.name)
                return isMeant ? entry : nil
            }
            if !ordered.isEmpty { found.append((unit, ordered)) }
        }
        return found
    }

    /// The entries of a unit and their aliases, as stap's table has them.
    private func ordered(_ unit: [Entry], _ symbols: SymbolTable) -> [(entry: Entry, alias: String?)] {
        var table = HashOrder()
        var members: [(entry: Entry, alias: String?)] = unit.map { ($0, nil) }
        for member in members { table.insert(HashOrder.hash(member.entry.name)) }
        // The aliases go through a table of their own before they are added.
        var aliasTable = HashOrder()
        var aliases: [(entry: Entry, alias: String?)] = []
        for number in table.elements where !members[number].entry.die.isInlined {
            let entry = members[number].entry
            // Symbols have C++'s mangled names; constructors have two.
            let name = entry.die.linkageName ?? String(cString: entry.name)
            guard let symbol = symbols.symbol(named: name), symbol.isFunction else { continue }
            for other in symbols.functions(startingAt: symbol.address) where other.name != symbol.name {
                aliases.append((entry, other.name))
                aliasTable.insert(other.name.withCString { HashOrder.hash($0) })
            }
        }
        table.reserve(aliases.count)
        for number in aliasTable.elements {
            members.append(aliases[number])
            table.insert(aliases[number].alias?.withCString { HashOrder.hash($0) } ?? 0)
        }
        return table.elements.map { members[$0] }
    }

    /// The entries of exactly this name, in the order of the file.
    func entries(named name: Glob) -> [Entry] {
        let entries = candidates([name.text])
        let named = name.text.withCString { wanted in entries.filter { strcmp($0.name, wanted) == 0 } }
        // A mangled name is C++'s linkage name.
        guard named.isEmpty, name.text.hasPrefix("_Z") else { return named }
        return entries.filter { $0.die.linkageName == name.text }
    }

    /// The entries of another name whose code a symbol of this name names too.
    private func aliases(named name: Glob, in symbols: SymbolTable) -> [Entry] {
        let others = Set(
            symbols.functions(named: name).flatMap { symbol in
                symbols.functions(startingAt: symbol.address).map(\.name).filter { $0 != symbol.name }
            })
        guard !others.isEmpty else { return [] }
        return candidates(others).filter { others.contains(String(cString: $0.name)) && !$0.die.isInlined }
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
}

/// Gathers the functions of one unit.
private struct FunctionWalk {
    let unit: Int
    /// How many bytes the names may still take.
    private(set) var room: Int
    private(set) var entries: [FunctionIndex.Entry] = []
    /// The partial units that this unit was seen to import, each of which counts once.
    private var imported: Set<UInt> = []

    init(unit: Int, room: Int) {
        self.unit = unit
        self.room = room
    }

    mutating func add(_ unit: DIE, isNested: Bool) {
        var mark = WalkMark()
        add(unit, isNested: isNested, depth: 0, &mark)
    }

    private mutating func add(_ parent: DIE, isNested: Bool, depth: Int, _ mark: inout WalkMark) {
        for child in parent.children {
            guard mark.passes(child) else { return }
            switch child.tag {
            case DW_TAG_subprogram:
                if let name = child.namePointer, !child.isDeclaration, room > 0 {
                    room -= strnlen(name, room)
                    entries.append(FunctionIndex.Entry(name: name, die: child, unit: unit))
                }
                // Local classes and lambdas have their methods inside the function.
                if isNested, depth < 64 { add(child, isNested: true, depth: depth + 1, &mark) }
            // Where libdw looks for functions; not in unions.
            case DW_TAG_namespace, DW_TAG_class_type, DW_TAG_structure_type, DW_TAG_module,
                DW_TAG_lexical_block, DW_TAG_inlined_subroutine, DW_TAG_with_stmt, DW_TAG_catch_block,
                DW_TAG_try_block, DW_TAG_entry_point:
                if isNested, depth < 64 { add(child, isNested: true, depth: depth + 1, &mark) }
            case DW_TAG_imported_unit:
                if depth < 8, let unitImported = child.reference(DW_AT_import),
                    imported.insert(unitImported.address).inserted
                {
                    var mark = WalkMark()
                    add(unitImported, isNested: isNested, depth: depth + 1, &mark)
                }
            default: break
            }
        }
    }
}
