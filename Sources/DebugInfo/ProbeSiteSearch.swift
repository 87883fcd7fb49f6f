extension Binary {
    /// The addresses that a `.function("…")` probe point stands for, as stap resolves it.
    ///
    /// Functions that only the symbol table knows are found too, unless the pattern names a file, a scope or
    /// `.inline`. Two names of one address give one site.
    public func probeSites(matching pattern: FunctionPattern, _ variant: ProbeVariant = .any) -> [ProbeSite] {
        var search = ProbeSiteSearch(pattern: pattern, variant: variant)
        let symbols = symbols
        let dwarf = try? debugInfo()
        if let dwarf { search.search(dwarf, symbols) }
        if pattern.file == nil, pattern.scopes.isEmpty, variant != .inline {
            search.search(symbols, beside: dwarf)
        }
        return search.sites
    }

    /// Every function name that a probe could mean, for suggestions: DWARF's and the symbol table's.
    public var allFunctionNames: [String] {
        var names = NameSet()
        if let dwarf = try? debugInfo() {
            for entry in dwarf.functionIndex.entries { names.insert(String(cString: entry.name)) }
        }
        for symbol in symbols.symbols where symbol.isFunction { names.insert(symbol.name) }
        return names.sorted
    }
}

/// Collects the sites of one pattern.
struct ProbeSiteSearch {
    /// Tells inlined instances apart: two units may describe the same one.
    private struct InstanceKey: Hashable {
        var address: UInt64
        var line: Int?
        var name: String
        var file: String?
    }

    let pattern: FunctionPattern
    let variant: ProbeVariant
    private(set) var sites: [ProbeSite] = []
    private var entries: Set<UInt64> = []
    private var instances: Set<InstanceKey> = []

    init(pattern: FunctionPattern, variant: ProbeVariant) {
        self.pattern = pattern
        self.variant = variant
    }

    /// Adds the functions and instances that DWARF knows.
    mutating func search(_ dwarf: DWARF, _ symbols: SymbolTable) {
        let index = dwarf.functionIndex
        var fileMatches: [String: Bool] = [:]
        let found = index.entries(named: pattern.name) + index.aliases(named: pattern.name, in: symbols)
        for entry in found {
            let unit = index.units[entry.unit]
            if pattern.file != nil {
                let file = entry.die.declarationFile ?? ""
                let isMeant = fileMatches[file] ?? pattern.matchesFile(file)
                fileMatches[file] = isMeant
                guard isMeant else { continue }
            }
            guard let name = scopedName(entry.die, unit, dwarf) else { continue }
            if entry.die.isInlined {
                if variant == .any || variant == .inline { addInstances(of: entry.die, name, unit, dwarf) }
            } else if variant != .inline, let address = entry.die.entryPC,
                entries.insert(address).inserted, !Self.isPart(address, symbols),
                variant != .exported || Self.isExported(entry.die, symbols)
            {
                add(entry.die, name, at: address, unit, dwarf)
            }
        }
    }

    /// Adds the functions that DWARF does not have: assembler's, those of objects compiled without `-g`.
    mutating func search(_ symbols: SymbolTable, beside dwarf: DWARF?) {
        var candidates = symbols.functions(named: pattern.name).filter { symbol in
            (variant != .exported || symbol.isExported)
                && !(variant == .return && Self.neverReturns(symbol.name))
        }
        if let dwarf { candidates = dwarf.functionIndex.unknown(among: candidates, in: symbols) }
        for symbol in candidates where entries.insert(symbol.address).inserted {
            sites.append(
                ProbeSite(
                    kind: .symbol, name: symbol.name, address: symbol.address, entry: symbol.address,
                    sourceFile: nil, line: nil, dwarf: nil, scope: Scope(chain: [])))
        }
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
        symbols.functions(startingAt: address).contains { $0.name.contains(".part.") }
    }

    private mutating func add(_ die: DIE, _ name: String, at entry: UInt64, _ unit: DIE, _ dwarf: DWARF) {
        if variant == .return, Self.neverReturns(name) { return }
        let function = Function(dwarf: dwarf, die: die, unitDIE: unit)
        let line = function.line
        guard Self.accepts(pattern.lines, line) else { return }
        let address =
            variant == .return || dwarf.hasLocationLists(unit)
            ? entry : Prologue(unit: unit).end(of: function, entry: entry)
        sites.append(
            ProbeSite(
                kind: .function, name: name, address: address, entry: entry,
                sourceFile: function.sourceFile, line: line, dwarf: dwarf,
                scope: dwarf.scope(of: die, unit: unit)))
    }

    private mutating func addInstances(of die: DIE, _ name: String, _ unit: DIE, _ dwarf: DWARF) {
        let file = die.declarationFile
        let line = die.declarationLine
        guard Self.accepts(pattern.lines, line) else { return }
        for instance in dwarf.instances(of: die, unit: unit) {
            guard let address = instance.entryPC,
                instances.insert(InstanceKey(address: address, line: line, name: name, file: file)).inserted
            else { continue }
            sites.append(
                ProbeSite(
                    kind: .inlined, name: name, address: address, entry: address, sourceFile: file,
                    line: line,
                    dwarf: dwarf, scope: dwarf.scope(of: instance, unit: unit)))
        }
    }

    /// The name with the scopes that the pattern asks for, or nil where the function lies in others.
    private func scopedName(_ die: DIE, _ unit: DIE, _ dwarf: DWARF) -> String? {
        let name = die.name ?? ""
        guard !pattern.scopes.isEmpty else { return name }
        let around = dwarf.enclosingScopes(of: die, unit: unit).map { $0.name ?? "" }
        var text = name
        for (depth, wanted) in pattern.scopes.reversed().enumerated() {
            let scope = depth < around.count ? around[depth] : ""
            guard wanted.matches(scope) else { return nil }
            text = "\(scope)::\(text)"
            if depth >= around.count { return depth == pattern.scopes.count - 1 ? text : nil }
        }
        return text
    }

    private static func accepts(_ lines: FunctionPattern.Lines?, _ line: Int?) -> Bool {
        switch lines {
        case .line(let wanted): line == wanted
        case .range(let first, let last): line.map { $0 >= first && $0 <= last } ?? false
        case nil, .all, .relative: true
        }
    }

    /// Functions without a normal return address, on which a return probe would crash the process.
    private static func neverReturns(_ name: String) -> Bool {
        name == "_start" || name.hasPrefix("__") && name.contains(".get_pc_thunk.")
    }
}

extension DWARF {
    /// Whether the unit was optimised, remembered a unit.
    func hasLocationLists(_ unit: DIE) -> Bool {
        if let known = locationListUnits[unit.address] { return known }
        let found = Prologue.hasLocationLists(unit)
        locationListUnits[unit.address] = found
        return found
    }
}
