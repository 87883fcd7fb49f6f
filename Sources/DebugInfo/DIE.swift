import CElfutils
import Glibc

/// A debugging information entry, borrowed from the `DWARF` that must outlive it.
///
/// Every accessor goes through libdw's bounds checks; what libdw refuses reads as absent.
struct DIE {
    var raw: Dwarf_Die

    init(_ raw: Dwarf_Die) { self.raw = raw }

    /// The place in memory, which is the DIE's identity.
    var address: UInt { UInt(bitPattern: raw.addr) }

    var offset: UInt64 { withRaw { dwarf_dieoffset($0) } }

    var tag: Int { Int(withRaw { dwarf_tag($0) }) }

    var namePointer: UnsafePointer<CChar>? { withRaw { dwarf_diename($0) } }

    var name: String? { namePointer.map { String(cString: $0) } }

    /// `DW_AT_linkage_name`, through specifications.
    var linkageName: String? {
        string(DW_AT_linkage_name) ?? string(DW_AT_MIPS_linkage_name)
    }

    var hasChildren: Bool { withRaw { dwarf_haschildren($0) } > 0 }

    /// The unit that holds it.
    var unit: DIE? {
        var result = Dwarf_Die()
        return withRaw { dwarf_diecu($0, &result, nil, nil) } == nil ? nil : DIE(result)
    }

    var firstChild: DIE? {
        var result = Dwarf_Die()
        return withRaw { dwarf_child($0, &result) } == 0 ? DIE(result) : nil
    }

    /// The next entry of the same parent; nil at the end, and where a forged sibling points backwards.
    var sibling: DIE? {
        var result = Dwarf_Die()
        guard withRaw({ dwarf_siblingof($0, &result) }) == 0 else { return nil }
        let next = DIE(result)
        return next.address > address ? next : nil
    }

    /// The direct children, one after the other.
    var children: Children { Children(upcoming: firstChild) }

    struct Children: Sequence, IteratorProtocol {
        fileprivate var upcoming: DIE?

        mutating func next() -> DIE? {
            guard let current = upcoming else { return nil }
            upcoming = current.sibling
            return current
        }
    }

    /// Whether the entry itself carries the attribute.
    func has(_ attribute: Int) -> Bool { withRaw { dwarf_hasattr($0, UInt32(attribute)) } != 0 }

    /// Calls `body` with the attribute, found through abstract origins and specifications.
    func withAttribute<T>(_ attribute: Int, _ body: (UnsafeMutablePointer<Dwarf_Attribute>) -> T?) -> T? {
        var value = Dwarf_Attribute()
        guard withRaw({ dwarf_attr_integrate($0, UInt32(attribute), &value) }) != nil else { return nil }
        return body(&value)
    }

    /// The entry that an attribute refers to.
    func reference(_ attribute: Int) -> DIE? {
        withAttribute(attribute) { value in
            var result = Dwarf_Die()
            return dwarf_formref_die(value, &result) == nil ? nil : DIE(result)
        }
    }

    func unsigned(_ attribute: Int) -> UInt64? {
        withAttribute(attribute) { value in
            var result: Dwarf_Word = 0
            return dwarf_formudata(value, &result) == 0 ? result : nil
        }
    }

    func signed(_ attribute: Int) -> Int64? {
        withAttribute(attribute) { value in
            var result: Dwarf_Sword = 0
            return dwarf_formsdata(value, &result) == 0 ? result : nil
        }
    }

    func string(_ attribute: Int) -> String? {
        withAttribute(attribute) { value in dwarf_formstring(value).map { String(cString: $0) } }
    }

    func flag(_ attribute: Int) -> Bool {
        withAttribute(attribute) { value in
            var result = false
            return dwarf_formflag(value, &result) == 0 ? result : nil
        } ?? false
    }

    var isDeclaration: Bool { has(DW_AT_declaration) }

    var declarationLine: Int? {
        var line: Int32 = 0
        return withRaw { dwarf_decl_line($0, &line) } == 0 && line >= 0 ? Int(line) : nil
    }

    /// The address of the first instruction; never 0, which is how linkers mark what they dropped.
    var entryPC: UInt64? {
        var address: Dwarf_Addr = 0
        if withRaw({ dwarf_entrypc($0, &address) }) == 0 { return address == 0 ? nil : address }
        // Else the first range's start, as stap takes it, though a view may have left that range empty.
        var base: Dwarf_Addr = 0
        var end: Dwarf_Addr = 0
        guard withRaw({ dwarf_ranges($0, 0, &base, &address, &end) }) > 0 else { return nil }
        return address == 0 ? nil : address
    }

    /// `DW_AT_low_pc`; entries with several ranges have none.
    var lowPC: UInt64? {
        var address: Dwarf_Addr = 0
        return withRaw { dwarf_lowpc($0, &address) } == 0 ? address : nil
    }

    /// The addresses that belong to it.
    func ranges(limit: Int = 65_536) -> [Range<UInt64>] {
        var found: [Range<UInt64>] = []
        var base: Dwarf_Addr = 0
        var start: Dwarf_Addr = 0
        var end: Dwarf_Addr = 0
        var cursor = withRaw { dwarf_ranges($0, 0, &base, &start, &end) }
        while cursor > 0, found.count < limit {
            if start < end { found.append(start..<end) }
            cursor = withRaw { dwarf_ranges($0, cursor, &base, &start, &end) }
        }
        return found
    }

    func contains(_ pc: UInt64) -> Bool { withRaw { dwarf_haspc($0, pc) } == 1 }

    /// Whether it is the abstract form of a function that was inlined somewhere.
    var isInlined: Bool { withRaw { dwarf_func_inline($0) } != 0 }

    func withRaw<T>(_ body: (UnsafeMutablePointer<Dwarf_Die>) -> T) -> T {
        var copy = raw
        return withUnsafeMutablePointer(to: &copy, body)
    }
}
