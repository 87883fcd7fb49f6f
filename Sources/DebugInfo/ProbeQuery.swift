/// What a probe point asks of a binary: the string of `.function("…")` or `.statement("…")` and what follows it.
public struct ProbeQuery: Sendable, Hashable {
    /// Which places of the functions it asks for.
    public enum Place: Sendable, Hashable {
        /// `.function("…")`: their beginnings.
        case function
        /// `.statement("…")`: the code of lines, or the very first instructions where no line is named.
        case statement
        /// `.label("…")`.
        case label(Glob)
        /// `.callee("…")`, `.callees` and `.callees(depth)`.
        case callees(Glob, depth: Int)
    }

    /// The functions.
    public var pattern: FunctionPattern
    /// Whether only calls, returns, instances, exported ones.
    public var variant: ProbeVariant
    /// The places in them.
    public var place: Place
    /// `.nearest`: a line without code means the nearest one that has some.
    public var isNearest: Bool

    /// Creates a query.
    public init(
        _ pattern: FunctionPattern, _ variant: ProbeVariant = .any, place: Place = .function,
        isNearest: Bool = false
    ) {
        self.pattern = pattern
        self.variant = variant
        self.place = place
        self.isNearest = isNearest
    }
}

/// Why a query has no answer although its functions are there.
public enum ProbeQueryError: Error, Sendable, Equatable {
    /// The line has no code in the functions of this file; lines near it that have.
    case noLine(Int, file: String, nearest: [Int])
    /// The address is amid a statement; where that begins, if the line table knows.
    case notAtStatement(UInt64, start: UInt64?)
}

extension Binary {
    /// The addresses that a `.function("…")` probe point stands for, as stap resolves it.
    ///
    /// Functions that only the symbol table knows are found too, unless the pattern names a file, a scope or
    /// `.inline`. Two names of one address give one site.
    public func probeSites(matching pattern: FunctionPattern, _ variant: ProbeVariant = .any) -> [ProbeSite] {
        (try? probeSites(ProbeQuery(pattern, variant))) ?? []
    }

    /// The addresses that a probe point stands for, as stap resolves it; empty where nothing matches.
    ///
    /// - Throws: Where stap gives up at the first source file that has the functions but not the line.
    public func probeSites(_ query: ProbeQuery) throws(ProbeQueryError) -> [ProbeSite] {
        let symbols = symbols
        let dwarf = try? debugInfo()
        var search = ProbeSiteSearch(query: query, symbols: symbols)
        if let dwarf { try search.search(dwarf) }
        // stap asks the symbol table for the string of `.function` alone.
        if query.place == .function, query.pattern.file == nil, query.pattern.scopes.isEmpty,
            query.variant != .inline
        {
            search.search(symbols, beside: dwarf, isFixed: kind == .executable || kind == .kernelModule)
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
