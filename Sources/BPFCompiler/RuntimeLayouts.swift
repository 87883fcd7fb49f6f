import Lowering

/// What lies where in the maps that depend on the whole script.
public struct RuntimeLayouts: Sendable {
    /// What functions save at their entry.
    public let entries: EntryLayout
    /// What is remembered of processes; nil for a script that needs nothing.
    public let processes: ProcessTable?

    /// Those of a script.
    init(_ program: Program, _ options: CompilerOptions) {
        entries = EntryLayout(program, maximumStringLength: options.maximumStringLength)
        processes = ProcessTable(program, options)
    }
}
