import CElfutils

extension ProbeSite {
    /// Where variables are looked up that have no value at the address: behind the call of `__fentry__`.
    ///
    /// With `-mfentry`, as x86 kernels are built for ftrace, gcc begins a function with that call of five bytes,
    /// and many a location list behind it, although no register changes there (stap's PR15123). nil elsewhere.
    var addressBehindFentry: UInt64? {
        guard let dwarf, let unit = scope.unit, dwarf.isBuiltWithFentry(unit),
            scope.chain.contains(where: { $0.tag == DW_TAG_subprogram && $0.entryPC == variablesAddress })
        else { return nil }
        return variablesAddress &+ 5
    }
}

extension DWARF {
    /// Whether the unit's compiler was told `-mfentry`, remembered a unit.
    fileprivate func isBuiltWithFentry(_ unit: DIE) -> Bool {
        if let known = fentryUnits[unit.address] { return known }
        let isX86 = binary.header.e_machine == Machine.x86_64.rawValue
        let found = isX86 && unit.string(DW_AT_producer)?.contains("-mfentry") == true
        fentryUnits[unit.address] = found
        return found
    }
}
