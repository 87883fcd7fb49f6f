import CElfutils

extension Binary {
    /// The file in which the compiler left the debug information of functions, so that it is not in the program: `-gsplit-dwarf`
    /// (DWARF 5, section 7.3.2).
    ///
    /// Neither stap 4.8 nor anything here reads it.
    ///
    /// - Parameter names: which functions, by their symbols.
    /// - Returns: the file's name as the program has it; nil where no such function's is split off.
    public func splitDebugFile(ofFunctions names: Glob) -> String? {
        guard let handle = try? debugInfo().handle else { return nil }
        let split = handle.unitEntries([DW_TAG_skeleton_unit, DW_TAG_compile_unit]).filter {
            $0.splitFile != nil
        }
        guard !split.isEmpty else { return nil }
        for symbol in symbols.functions(named: names) {
            if let unit = split.first(where: { $0.contains(symbol.address) }) { return unit.splitFile }
        }
        return nil
    }
}

extension DIE {
    /// What a skeleton unit leads to, in DWARF 5 and in GNU's DWARF 4.
    fileprivate var splitFile: String? { string(DW_AT_dwo_name) ?? string(DW_AT_GNU_dwo_name) }
}
