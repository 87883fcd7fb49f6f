public import Lowering

/// What the programs of a script remember of each process: ``RuntimeMaps/processes``, by the process's id in 8 bytes.
///
/// A process is there as long as it lives and something is to be remembered of it. Programs of ours at the kernel's
/// tracepoints keep the table (``ProcessTracker``); what was there before them is put in by who places the probes.
public struct ProcessTable: Sendable {
    /// The files whose processes have a bit of their own, in the order of the bits.
    public let paths: [String]
    /// The processes that have one.
    public let ids: [Int32]
    /// Whether only the target and its descendants count.
    public let isOfTarget: Bool

    /// The bit of the target and its descendants.
    public static let targetSet: UInt64 = 1
    /// The bit of whatever process the events without a program are of.
    public static let counted: UInt64 = 2
    private static let firstSelector = 2

    /// Bytes of a key.
    public static let keySize = 8
    /// Bytes of a value: the bits, then the process's parent.
    public static let valueSize = 16
    /// The most processes.
    public static let capacity = 32768
    /// The most programs and processes that events may name.
    public static let maximumSelectors = 48

    /// Lays out the table; nil for a script that needs none.
    ///
    /// - Parameters:
    ///   - program: The script.
    ///   - options: What it is compiled for.
    public init?(_ program: Program, _ options: CompilerOptions) {
        var (paths, ids): ([String], [Int32]) = ([], [])
        var isNeeded = program.calls(.targetSet) || program.calls(.targetSetReport)
        if program.probes.contains(where: { program.needsTargetSet($0, options) }) { isNeeded = true }
        for processes in program.probes.compactMap(\.event.processes) {
            isNeeded = true
            switch processes {
            case .program(let path): if !paths.contains(path) { paths.append(path) }
            case .id(let id): if !ids.contains(id) { ids.append(id) }
            case .all: break
            }
        }
        guard isNeeded else { return nil }
        (self.paths, self.ids, isOfTarget) = (paths, ids, options.hasTarget)
    }

    /// Whether every program and process has a bit.
    var hasRoom: Bool { paths.count + ids.count <= Self.maximumSelectors }

    /// The bit of those that run a file.
    public func bit(ofPath index: Int) -> UInt64 { 1 << (Self.firstSelector + index) }

    /// The bit of a process.
    public func bit(ofID index: Int) -> UInt64 { 1 << (Self.firstSelector + paths.count + index) }

    /// The bit that the processes of an event have.
    public func bit(of processes: ProbeBinding.Processes) -> UInt64 {
        switch processes {
        case .all: Self.counted
        case .program(let path): paths.firstIndex(of: path).map { bit(ofPath: $0) } ?? 0
        case .id(let id): ids.firstIndex(of: id).map { bit(ofID: $0) } ?? 0
        }
    }

    /// The bits that a process has from its parent; a process that is named is that one alone.
    var inherited: UInt64 { bit(ofPath: paths.count) - 1 }
}

extension ProbeBinding.Event {
    /// The processes that it is of, where those have to be told from others.
    fileprivate var processes: ProbeBinding.Processes? {
        switch self {
        case .process(_, let processes): processes
        case .sample(_, .all): nil
        case .sample(_, let processes): processes
        default: nil
        }
    }
}

extension Program {
    /// Whether a probe of a program must look whether the process is the target or descends from it, as only those are
    /// traced where there is a target.
    ///
    /// Not where the probe is placed in the target alone; and not where the kernel does not tell its types, so that
    /// nobody can keep account of descendants: then all processes are traced.
    func needsTargetSet(_ probe: ProbeBinding, _ options: CompilerOptions) -> Bool {
        options.hasTarget && probe.event.hasRegisters && !handlers[probe.handler].isOfTargetAlone
            && options.tasks() != nil
    }
}
