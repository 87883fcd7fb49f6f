/// Capabilities that the built-in engine uses, by their bits: capabilities(7), linux/capability.h.
struct Capabilities: OptionSet, Hashable, Sendable {
    var rawValue: UInt64

    /// To read and write files whatever their permissions.
    static let dacOverride = Capabilities(rawValue: 1 << 1)
    /// To read files whatever their permissions, and look into every folder.
    static let dacReadSearch = Capabilities(rawValue: 1 << 2)
    /// To signal other users' processes.
    static let kill = Capabilities(rawValue: 1 << 5)
    /// To look into other users' processes through `/proc`.
    static let ptrace = Capabilities(rawValue: 1 << 19)
    /// Nearly everything; in older programs' place of the finer ones.
    static let systemAdministrator = Capabilities(rawValue: 1 << 21)
    /// To raise limits.
    static let systemResource = Capabilities(rawValue: 1 << 24)
    /// To see the addresses of the kernel's symbols.
    static let systemLog = Capabilities(rawValue: 1 << 34)
    /// To place probes, and to let programs read what they find.
    static let perfmon = Capabilities(rawValue: 1 << 38)
    /// To load programs and to create maps.
    static let bpf = Capabilities(rawValue: 1 << 39)
    /// To open `/proc/PID/map_files`.
    static let checkpointRestore = Capabilities(rawValue: 1 << 40)

    /// What loading and attaching cannot do without.
    static let loading: [Capabilities] = [.bpf, .perfmon]

    /// The name of a single one that errors speak of.
    var name: String {
        switch self {
        case .bpf: "CAP_BPF"
        case .perfmon: "CAP_PERFMON"
        case .ptrace: "CAP_SYS_PTRACE"
        default: "capability \(rawValue.trailingZeroBitCount)"
        }
    }
}

extension UserFacts {
    /// Whether this process has a capability now.
    func has(_ capability: Capabilities) -> Bool {
        effectiveCapabilities.map { Capabilities(rawValue: $0).isSuperset(of: capability) } ?? isRoot
    }

    /// Whether a root process started from here could have it.
    func mayHave(_ capability: Capabilities) -> Bool {
        boundingCapabilities.map { Capabilities(rawValue: $0).isSuperset(of: capability) } ?? true
    }
}
