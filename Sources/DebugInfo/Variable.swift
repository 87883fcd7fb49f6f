import CElfutils
import Glibc

/// A parameter, local or global variable, or an enumeration constant, as seen from one address.
public struct Variable {
    /// What it is.
    public enum Kind: String, Sendable {
        /// A parameter of the function.
        case parameter
        /// A variable of the function or a block of it, static ones too.
        case local
        /// A variable of the source file.
        case global
        /// A constant of an enumeration.
        case enumerator
    }

    /// Whether its value can be had at the address.
    public enum Availability: Sendable, Equatable {
        /// It can be read there.
        case available(Location)
        /// It always has this value; nil where the value is not one integer.
        case constant(Int64?)
        /// It can be read in these address ranges, but not here.
        case elsewhere([Range<UInt64>])
        /// The compiler left it out everywhere.
        case optimizedOut

        /// Whether it can be read.
        public var isAvailable: Bool {
            switch self {
            case .available, .constant: true
            case .elsewhere, .optimizedOut: false
            }
        }
    }

    let dwarf: DWARF
    let die: DIE
    private let pc: UInt64
    /// The entry that has the type: of a constant, its enumeration.
    private let typeHolder: DIE?

    /// What it is.
    public let kind: Kind
    /// Its name.
    public let name: String

    /// Reads an entry that is a named variable or parameter; nil for every other.
    init?(dwarf: DWARF, die: DIE, pc: UInt64, isGlobal: Bool) {
        guard Self.isVariable(die), let name = die.name else { return nil }
        self.dwarf = dwarf
        self.die = die
        self.pc = pc
        self.typeHolder = nil
        self.name = name
        self.kind = die.tag == DW_TAG_formal_parameter ? .parameter : isGlobal ? .global : .local
    }

    init(enumerator die: DIE, of enumeration: DIE, name: String, dwarf: DWARF) {
        self.dwarf = dwarf
        self.die = die
        self.pc = 0
        self.typeHolder = enumeration
        self.name = name
        self.kind = .enumerator
    }

    static func isVariable(_ die: DIE) -> Bool {
        die.tag == DW_TAG_variable || die.tag == DW_TAG_formal_parameter
    }

    /// Its type, of a constant its enumeration; nil where DWARF gives none.
    public var type: DWARFType? {
        (typeHolder ?? die.reference(DW_AT_type)).map { DWARFType(dwarf: dwarf, die: $0) }
    }

    /// Whether `stap -L` lists it: it has a value or a place of its own at the address.
    public var isListed: Bool {
        die.withAttribute(DW_AT_const_value, { _ in true }) == true
            || die.location(DW_AT_location, at: pc) != nil
    }

    /// Whether its value can be had at the address.
    public var availability: Availability {
        if die.withAttribute(DW_AT_const_value, { _ in true }) == true {
            return .constant(die.signed(DW_AT_const_value))
        }
        if let location = die.location(DW_AT_location, at: pc) { return .available(location) }
        if die.withAttribute(DW_AT_location, { _ in true }) == true {
            let ranges = die.locationRanges(DW_AT_location)
            return ranges.isEmpty ? .optimizedOut : .elsewhere(ranges)
        }
        // A variable that is only declared here has its address in the symbol table.
        if die.flag(DW_AT_external), let address = dwarf.addressOfSymbol(die.linkageName ?? name) {
            return .available(.address(address))
        }
        return .optimizedOut
    }
}

/// What global variables are looked up by.
struct GlobalKey: Hashable {
    var name: String
    var file: Glob?
}

extension DWARF {
    /// The variable of a name among the direct children of a scope.
    func variable(named name: String, in scope: DIE, pc: UInt64, isGlobal: Bool) -> Variable? {
        var first: Variable?
        for child in scope.children where Variable.isVariable(child) {
            guard let pointer = child.namePointer, String(cString: pointer) == name,
                let variable = Variable(dwarf: self, die: child, pc: pc, isGlobal: isGlobal)
            else { continue }
            // A declaration may stand before the definition.
            if !isGlobal || variable.die.withAttribute(DW_AT_location, { _ in true }) == true
                || variable.die.withAttribute(DW_AT_const_value, { _ in true }) == true
            {
                return variable
            }
            first = first ?? variable
        }
        return first
    }

    /// The enumeration constant of a name among the enumerations of a scope.
    func enumerator(named name: String, in scope: DIE) -> Variable? {
        for child in scope.children where child.tag == DW_TAG_enumeration_type {
            for constant in child.children where constant.tag == DW_TAG_enumerator {
                if constant.name == name {
                    return Variable(enumerator: constant, of: child, name: name, dwarf: self)
                }
            }
        }
        return nil
    }

    /// The variables of a name that source files define: what `@var("name@file")` means.
    ///
    /// - Parameters:
    ///   - name: the variable.
    ///   - file: the unit's name, matched as a whole or behind a slash; nil for every unit.
    /// - Returns: one for each source file that has it.
    public func globalVariables(named name: String, file: Glob? = nil) -> [Variable] {
        let key = GlobalKey(name: name, file: file)
        if let known = knownGlobals[key] {
            return known.compactMap { Variable(dwarf: self, die: $0, pc: 0, isGlobal: true) }
        }
        // A file is few units, which cost less than a search.
        let candidates =
            file.map { file in units.filter { Self.isUnit($0.name, of: file) }.map(\.die) }
            ?? unitSearch.units(naming: name).map { unitEntries[$0] }
        let found = candidates.compactMap { variable(named: name, in: $0, pc: 0, isGlobal: true) }
        // Entries only: a variable keeps this object alive.
        knownGlobals[key] = found.map(\.die)
        return found
    }

    /// The names of the variables that source files define, for suggestions.
    public func globalVariableNames(file: Glob? = nil) -> [String] {
        if let known = knownGlobalNames[file] { return known }
        var names = NameSet()
        for unit in units where file.map({ Self.isUnit(unit.name, of: $0) }) ?? true {
            for child in unit.die.children where child.tag == DW_TAG_variable {
                if let name = child.name { names.insert(name) }
            }
        }
        let sorted = names.sorted
        knownGlobalNames[file] = sorted
        return sorted
    }

    /// Whether a unit of this name is one that `@var("name@FILE")` means: exactly, or FILE is a pattern of what
    /// stands behind a slash.
    public static func isUnit(_ name: String, of file: Glob) -> Bool {
        name == file.text || Glob("*/" + file.text).matches(name)
    }

    /// The names of all compilation units.
    public var unitNames: [String] { units.map(\.name) }

    func addressOfSymbol(_ name: String) -> UInt64? { symbols.symbol(named: name)?.address }
}
