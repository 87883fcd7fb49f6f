import CElfutils
import Glibc

/// Collects the sites of one query, unit by unit.
struct ProbeSiteSearch {
    /// A function, or an inlined instance of one, that the query's pattern names.
    struct Match {
        var die: DIE
        /// With the scopes that the pattern names.
        var name: String
        var file: String?
        var line: Int?
        var entry: UInt64
        var isInlined: Bool

        var spelling: String { ProbeSite.spelling(name, file, line) }
    }

    /// Tells inlined instances apart: two units may describe the same one.
    private struct InstanceKey: Hashable {
        var address: UInt64
        var line: Int?
        var name: String
        var file: String?
    }

    let query: ProbeQuery
    let symbols: SymbolTable
    var sites: [ProbeSite] = []
    private var entries: Set<UInt64> = []
    /// Those of functions in several ranges (with a `.cold` part), whose other names stap does not recognize.
    private var scatteredEntries: Set<UInt64> = []
    private var instances: Set<InstanceKey> = []
    private var matchingFiles: [String: Bool] = [:]

    private var pattern: FunctionPattern { query.pattern }
    private var variant: ProbeVariant { query.variant }

    init(query: ProbeQuery, symbols: SymbolTable) {
        self.query = query
        self.symbols = symbols
    }

    /// Adds what DWARF knows.
    mutating func search(_ dwarf: DWARF) throws(ProbeQueryError) {
        let index = dwarf.functionIndex
        for (number, found) in index.matches(pattern.name, in: symbols) {
            let unit = index.units[number]
            let matches = matches(found, unit, dwarf)
            guard !matches.isEmpty else { continue }
            switch (query.place, pattern.lines) {
            case (.label(let name), _): addLabels(name, in: matches, unit, dwarf)
            case (.callees(let name, let depth), _): addCallees(name, depth, of: matches, unit, dwarf)
            case (.statement, let lines?): try addStatements(lines, in: matches, unit, dwarf)
            default: for match in matches { add(match, unit, dwarf) }
            }
        }
    }

    /// Adds the functions that DWARF does not have: assembler's, those of objects compiled without `-g`.
    ///
    /// Where the file may be loaded anywhere, an address that is probed already counts as known; in others stap
    /// compares an address with an offset, and finds none equal.
    mutating func search(_ symbols: SymbolTable, beside dwarf: DWARF?, isFixed: Bool) {
        if isFixed { entries.subtract(scatteredEntries) }
        let probed = isFixed ? [] : Set(sites.map(\.address))
        var candidates = symbols.functions(named: pattern.name).filter { symbol in
            (variant != .exported || symbol.isExported)
                && !(variant == .return && Self.neverReturns(symbol.name))
        }
        if let dwarf { candidates = dwarf.functionIndex.unknown(among: candidates, in: symbols) }
        for symbol in candidates
        where !probed.contains(symbol.address) && entries.insert(symbol.address).inserted {
            sites.append(
                ProbeSite(
                    kind: .symbol, name: symbol.name, address: symbol.address, entry: symbol.address,
                    sourceFile: nil, line: nil, dwarf: nil, scope: Scope(chain: [])))
        }
    }

    /// Whether the pattern means a source file, which is not always told.
    mutating func isMeant(_ file: String?) -> Bool {
        if pattern.file == nil { return true }
        guard let file else { return false }
        if let known = matchingFiles[file] { return known }
        let isMeant = pattern.matchesFile(file)
        matchingFiles[file] = isMeant
        return isMeant
    }

    private mutating func isAnyMeant(of unit: DIE) -> Bool {
        pattern.file == nil || CompilationUnit.sourceFiles(of: unit).contains { isMeant($0) }
    }

    private mutating func matches(_ found: [FunctionIndex.Entry], _ unit: DIE, _ dwarf: DWARF) -> [Match] {
        var functions: [Match] = []
        var inlined: [Match] = []
        var isUnitMeant: Bool?
        for entry in found {
            let die = entry.die
            let file = dwarf.declarationFile(of: die)
            if file != nil {
                guard isMeant(file) else { continue }
            } else {
                // So it is with the unit's own file in clang's DWARF 5, and with lambdas: any file of the unit will do.
                let isMeant = isUnitMeant ?? isAnyMeant(of: unit)
                isUnitMeant = isMeant
                guard isMeant else { continue }
            }
            guard let name = scopedName(entry, unit, dwarf) else { continue }
            if die.isInlined {
                guard variant == .any || variant == .inline else { continue }
                let line = die.declarationLine
                for instance in dwarf.instances(of: die, unit: unit) {
                    guard let address = instance.entryPC else { continue }
                    let key = InstanceKey(address: address, line: line, name: name, file: file)
                    guard instances.insert(key).inserted else { continue }
                    inlined.append(
                        Match(
                            die: instance, name: name, file: file, line: line, entry: address, isInlined: true
                        ))
                }
            } else if variant != .inline, let address = die.entryPC, isNew(address, of: die),
                !Self.isPart(address, symbols), variant != .exported || Self.isExported(die, symbols)
            {
                let function = Function(dwarf: dwarf, die: die, unitDIE: unit)
                functions.append(
                    Match(
                        die: die, name: name, file: file ?? function.sourceFile, line: function.line,
                        entry: address, isInlined: false))
            }
        }
        return functions + inlined
    }

    /// Takes note of a function's entry; whether no other had it.
    private mutating func isNew(_ entry: UInt64, of function: DIE) -> Bool {
        if function.lowPC == nil { scatteredEntries.insert(entry) }
        return entries.insert(entry).inserted
    }

    private mutating func add(_ match: Match, _ unit: DIE, _ dwarf: DWARF) {
        if variant == .return, Self.neverReturns(match.name) { return }
        var place = Prologue.End(address: match.entry)
        if !match.isInlined, query.place == .function {
            place = dwarf.firstPlace(in: match.die, of: unit, entry: match.entry)
        }
        var site = ProbeSite(
            kind: match.isInlined ? .inlined : .function, name: match.name,
            address: variant == .return ? match.entry : place.address, entry: match.entry,
            sourceFile: match.file, line: match.line, dwarf: dwarf,
            scope: dwarf.scope(of: match.die, unit: unit))
        site.isMissedByStap = place.isMissedByStap
        sites.append(variant == .return ? site.readingVariables(at: place.address) : site)
    }

    private static func isExported(_ function: DIE, _ symbols: SymbolTable) -> Bool {
        guard let name = function.linkageName ?? function.name, let symbol = symbols.symbol(named: name)
        else {
            return false
        }
        return symbol.isFunction && symbol.isExported
    }

    /// Whether the code is what gcc split off an otherwise inlined function: not entered as the function is.
    private static func isPart(_ address: UInt64, _ symbols: SymbolTable) -> Bool {
        symbols.functions(startingAt: address).contains { symbol in
            symbol.name.withCString { strstr($0, ".part.") != nil }
        }
    }

    /// The name with the scopes that the pattern asks for, or nil where the function lies in others.
    private func scopedName(_ entry: FunctionIndex.Entry, _ unit: DIE, _ dwarf: DWARF) -> String? {
        // A pattern of a mangled name lists the mangled one.
        let name =
            pattern.name.text.hasPrefix("_Z")
            ? entry.die.linkageName ?? String(cString: entry.name) : String(cString: entry.name)
        guard !pattern.scopes.isEmpty else { return name }
        let around = dwarf.enclosingScopes(of: entry.die, unit: unit).map { $0.name ?? "" }
        var text = name
        for (depth, wanted) in pattern.scopes.reversed().enumerated() {
            let scope = depth < around.count ? around[depth] : ""
            guard wanted.matches(scope) else { return nil }
            text = "\(scope)::\(text)"
            if depth >= around.count { return depth == pattern.scopes.count - 1 ? text : nil }
        }
        return text
    }

    /// Functions without a normal return address, on which a return probe would crash the process.
    private static func neverReturns(_ name: String) -> Bool {
        name == "_start" || name.hasPrefix("__") && name.contains(".get_pc_thunk.")
    }
}

extension DWARF {
    /// Where the variables of a function that begins at an address are first where they are said to be: its prologue's
    /// end, or the entry itself.
    func firstPlace(in function: DIE, of unit: DIE, entry: UInt64) -> Prologue.End {
        if hasValidLocations(unit) { return .init(address: entry) }
        return Prologue(unit: unit).end(
            of: Function(dwarf: self, die: function, unitDIE: unit), entry: entry)
    }

    /// Whether the unit's variables are where they are said to be within prologues, remembered a unit.
    private func hasValidLocations(_ unit: DIE) -> Bool {
        if let known = validLocationUnits[unit.address] { return known }
        let found = Prologue.hasValidLocations(unit)
        validLocationUnits[unit.address] = found
        return found
    }
}
