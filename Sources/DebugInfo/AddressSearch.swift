import CElfutils
import Glibc

extension Binary {
    /// What `.function(ADDRESS)` stands for: the function whose code holds the address.
    ///
    /// - Returns: Its site, behind the prologue as `.function("…")` would be; nil where no function is there.
    public func functionSite(at address: UInt64, _ variant: ProbeVariant = .any) -> ProbeSite? {
        guard let (dwarf, unit, scopes) = place(of: address),
            let function = scopes.first(where: { variant.allows($0) }), let entry = function.entryPC
        else { return nil }
        let isInlined = function.tag != DW_TAG_subprogram
        let place = isInlined ? .init(address: entry) : dwarf.firstPlace(in: function, of: unit, entry: entry)
        var site = ProbeSite(
            kind: isInlined ? .inlined : .function, name: function.name ?? "function",
            address: variant == .return ? entry : place.address, entry: entry,
            sourceFile: dwarf.declarationFile(of: function), line: function.declarationLine, dwarf: dwarf,
            scope: dwarf.scope(of: function, unit: unit))
        site.isMissedByStap = place.isMissedByStap
        return variant == .return ? site.readingVariables(at: place.address) : site
    }

    /// What `.statement(ADDRESS)` stands for.
    ///
    /// - Parameters:
    ///   - address: In the file's own address space.
    ///   - isAnywhere: Whether it may be amid a statement, as static marks are.
    /// - Returns: The site; nil where no function is there.
    /// - Throws: Where a statement does not begin at the address.
    public func statementSite(at address: UInt64, isAnywhere: Bool = false) throws(ProbeQueryError)
        -> ProbeSite?
    {
        guard let (dwarf, unit, scopes) = place(of: address),
            let function = scopes.first(where: { ProbeVariant.any.allows($0) })
        else { return nil }
        let record = SourceLines.record(at: address, in: unit)
        if !isAnywhere, record?.address != address { throw .notAtStatement(address, start: record?.address) }
        return ProbeSite(
            kind: .statement, name: function.name ?? "function", address: address,
            entry: function.entryPC ?? address,
            sourceFile: record?.file ?? dwarf.declarationFile(of: function),
            line: record?.line ?? function.declarationLine, dwarf: dwarf, scope: Scope(chain: scopes))
    }

    /// The unit and the scopes around an address, the innermost first.
    private func place(of address: UInt64) -> (DWARF, unit: DIE, scopes: [DIE])? {
        guard let dwarf = try? debugInfo(),
            let unit = dwarf.unit(at: address)
        else { return nil }
        var found: UnsafeMutablePointer<Dwarf_Die>?
        let count = unit.withRaw { dwarf_getscopes($0, address, &found) }
        guard count > 0, let found else { return nil }
        defer { free(found) }
        return (dwarf, unit, UnsafeBufferPointer(start: found, count: Int(count)).map { DIE($0) })
    }
}

extension ProbeVariant {
    /// Whether a scope is the function that `.function(ADDRESS)` with this variant means.
    fileprivate func allows(_ scope: DIE) -> Bool {
        switch scope.tag {
        case DW_TAG_subprogram: self != .inline
        case DW_TAG_inlined_subroutine: self == .any || self == .inline
        default: false
        }
    }
}
