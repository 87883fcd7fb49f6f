/// The maps that a script's programs share with this process, by their descriptors.
public struct RuntimeMaps: Sendable {
    /// One element of ``sessionSize`` bytes: see ``Session``.
    public var session: Int32
    /// Elements for running handlers, ``slotsPerProcessor`` for each processor.
    public var scratch: Int32
    /// Bytes of such an element; programs that are only compiled to learn it may be given any.
    public var scratchSize: Int
    /// One element with what programs only read: ``ConstantTable``.
    public var constants: Int32
    /// Bytes of that element; as with ``scratchSize``.
    public var constantsSize: Int
    /// The ring that records go to.
    public var ring: Int32
    /// One element with all scalars: ``StoreLayout/scalars``.
    public var scalars: Int32
    /// What functions saved at their entry, by thread and stack pointer.
    public var entries: Int32
    /// Where functions return that have begun: ``HiddenReturns``.
    public var returns: Int32
    /// What is remembered of processes: ``ProcessTable``; 0 where nothing is.
    public var processes: Int32
    /// The tables of global variables, by their index.
    public var tables: [Int: Int32]

    /// Creates the set.
    public init(
        session: Int32, scratch: Int32, scratchSize: Int = 1 << 20, constants: Int32,
        constantsSize: Int = 1 << 20, ring: Int32, scalars: Int32, entries: Int32, returns: Int32,
        processes: Int32, tables: [Int: Int32]
    ) {
        self.session = session
        self.scratch = scratch
        self.scratchSize = scratchSize
        self.constants = constants
        self.constantsSize = constantsSize
        self.ring = ring
        self.scalars = scalars
        self.entries = entries
        self.returns = returns
        self.processes = processes
        self.tables = tables
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
