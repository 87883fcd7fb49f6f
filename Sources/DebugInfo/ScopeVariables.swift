import CElfutils
import Glibc

/// A named variable or parameter of a scope, with what never changes of it.
struct ScopeVariable {
    /// Where it can be read.
    private enum Extent {
        case everywhere
        case nowhere
        case list
    }

    let die: DIE
    let name: String
    /// The type's entry, and its name as stap writes it; nil for what stap cannot name.
    private let typeDIE: DIE?
    let typeName: String?
    private let extent: Extent

    init?(_ die: DIE, _ dwarf: DWARF) {
        guard Variable.isVariable(die), let pointer = die.namePointer else { return nil }
        self.die = die
        self.name = String(cString: pointer)
        self.typeDIE = die.reference(DW_AT_type)
        self.typeName = typeDIE.flatMap { dwarf.typeName(of: $0) }
        if die.withAttribute(DW_AT_const_value, { _ in true }) == true {
            extent = .everywhere
        } else {
            switch die.withAttribute(DW_AT_location, { Int(dwarf_whatform($0)) }) {
            case nil: extent = .nowhere
            case DW_FORM_sec_offset?, DW_FORM_loclistx?, DW_FORM_data4?, DW_FORM_data8?: extent = .list
            case _?: extent = die.location(DW_AT_location, at: 0) == nil ? .nowhere : .everywhere
            }
        }
    }

    func type(in dwarf: DWARF) -> DWARFType? { typeDIE.map { DWARFType(dwarf: dwarf, die: $0) } }

    /// Whether `stap -L` lists it: it has a value or a place of its own at the address.
    func isListed(at pc: UInt64) -> Bool {
        switch extent {
        case .everywhere: true
        case .nowhere: false
        case .list: die.hasLocation(DW_AT_location, at: pc)
        }
    }
}

extension DWARF {
    /// The named variables and parameters of a scope, read once: many sites share a scope.
    func scopeVariables(of scope: DIE) -> [ScopeVariable] {
        if let known = variablesOfScopes[scope.address] { return known }
        let found = scope.children.compactMap { ScopeVariable($0, self) }
        variablesOfScopes[scope.address] = found
        return found
    }

    /// The name of a type as stap writes it, composed once.
    func typeName(of die: DIE) -> String? {
        if let known = typeNamesOfEntries[die.address] { return known }
        let name = DWARFType(dwarf: self, die: die).cName
        typeNamesOfEntries[die.address] = .some(name)
        return name
    }
}

extension DIE {
    /// Whether an attribute gives a location at an address.
    fileprivate func hasLocation(_ attribute: Int, at pc: UInt64) -> Bool {
        withAttribute(attribute) { value in
            var expression: UnsafeMutablePointer<Dwarf_Op>?
            var count = 0
            return dwarf_getlocation_addr(value, pc, &expression, &count, 1) == 1 && count > 0
        } ?? false
    }
}
