public import BPF

/// The maps that a script's programs share with this process: their numbers while it is compiled, their descriptors
/// once it is to be loaded (``BPF/ProgramCode/linked(maps:symbols:)``).
public struct RuntimeMaps: Sendable {
    /// One element of ``sessionSize`` bytes: see ``Session``.
    public var session: Int32 = 0
    /// Elements for running handlers, ``slotsPerProcessor`` for each processor.
    public var scratch: Int32 = 1
    /// One element with what programs only read: ``ConstantTable``.
    public var constants: Int32 = 2
    /// The ring that records go to.
    public var ring: Int32 = 3
    /// One element with all scalars: ``StoreLayout/scalars``.
    public var scalars: Int32 = 4
    /// What functions saved at their entry, by thread and stack pointer.
    public var entries: Int32 = 5
    /// Where functions return that have begun: ``HiddenReturns``.
    public var returns: Int32 = 6
    /// What is remembered of processes, where something is: ``ProcessTable``.
    public var processes: Int32 = 7
    /// The tables of global variables, by their index.
    public var tables: [Int: Int32] = [:]

    /// The descriptors.
    public init(
        session: Int32, scratch: Int32, constants: Int32, ring: Int32, scalars: Int32, entries: Int32,
        returns: Int32, processes: Int32, tables: [Int: Int32]
    ) {
        self.session = session
        self.scratch = scratch
        self.constants = constants
        self.ring = ring
        self.scalars = scalars
        self.entries = entries
        self.returns = returns
        self.processes = processes
        self.tables = tables
    }

    private init() {}

    /// The numbers, for tables of these global variables.
    static func numbered(_ tables: some Sequence<Int>) -> RuntimeMaps {
        var maps = RuntimeMaps()
        for table in tables { maps.tables[table] = firstTable + Int32(table) }
        return maps
    }

    private static let firstTable: Int32 = 8

    /// The descriptor of a map by its number.
    public func descriptor(of number: Int32) -> Int32 {
        let fixed = [session, scratch, constants, ring, scalars, entries, returns, processes]
        return fixed.indices.contains(Int(number))
            ? fixed[Int(number)] : tables[Int(number - Self.firstTable)] ?? -1
    }

    /// Handlers that may be under way on one processor at a time: they can be preempted.
    public static let slotsPerProcessor = 4

    /// What lies where in the session's element, 8 bytes each.
    public enum Session {
        /// 1 once the session ends: handlers do nothing more.
        public static let isEnding = 0
        /// What to add to the time since the boot to have the time since 1970, in nanoseconds.
        public static let epoch = 8
        /// Records that the ring had no room for.
        public static let lostRecords = 16
        /// Handlers that found no free scratch element.
        public static let skippedProbes = 24
        /// Returns that the kernel does not tell, as functions were too deep in each other.
        public static let missedReturns = 32
        /// 1 while the process sleeps until a record comes: who sends one wakes it, and makes this 0.
        public static let isAsleep = 40
        /// Where the inode of a file of ``ProcessTable/paths`` is.
        static func inode(_ index: Int) -> Int { 64 + index * 8 }
        /// Zeros.
        static let blank = inode(ProcessTable.maximumSelectors)
    }

    /// Bytes of the session's element.
    public static let sessionSize = Session.blank + HiddenReturns.valueSize
    /// Bytes of a key of ``entries``: process and thread, stack pointer at the entry.
    public static let entryKeySize = 16
    /// The values that a function may save at its entry, 8 bytes each.
    public static let maximumEntryValues = 16
}

extension Symbol {
    /// Bytes of an element of ``RuntimeMaps/scratch``.
    public static let scratchSize = Symbol(0)
    /// Bytes of the element of ``RuntimeMaps/constants``.
    public static let constantsSize = Symbol(1)
    /// `target()`.
    public static let target = Symbol(2)
    /// Our process.
    public static let ownProcess = Symbol(3)
    /// The process that reads binaries for ours, or ours again.
    public static let helperProcess = Symbol(4)
}
