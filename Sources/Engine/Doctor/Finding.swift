/// What an engine does on a machine, each of which something may stop.
public struct Capability: OptionSet, Sendable, Hashable {
    /// See `OptionSet`.
    public var rawValue: Int

    /// See `OptionSet`.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Compile a script to a kernel module (passes 1 to 4).
    public static let compile = Capability(rawValue: 1)
    /// Load a module and trace (pass 5), also one that was compiled elsewhere.
    public static let load = Capability(rawValue: 2)
    /// Both: compile a script and run it.
    public static let run: Capability = [.compile, .load]
}

/// One thing that the doctor found: what it is, how bad, what it stops, and what mends it.
public struct Finding: Sendable, Equatable {
    /// How bad it is.
    public enum Severity: String, Sendable, Comparable {
        /// As it should be.
        case ok
        /// A run is possible but may be worse, or nobody could tell.
        case warning
        /// A run is not possible.
        case blocking

        private var rank: Int {
            switch self {
            case .ok: 0
            case .warning: 1
            case .blocking: 2
            }
        }

        /// Orders by how bad it is.
        public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }
    }

    /// An engine.
    public enum Engine: String, Sendable, CaseIterable {
        /// The built-in one: scripts as BPF programs.
        case bpf
        /// SystemTap's kernel runtime.
        case stap

        /// What it is able to do on some machine: modules are SystemTap's alone.
        public var capabilities: [Capability] {
            switch self {
            case .bpf: [.run]
            case .stap: [.run, .compile, .load]
            }
        }
    }

    /// Where in the answer it stands.
    public enum Area: String, Sendable, CaseIterable {
        /// The running kernel.
        case kernel
        /// What the built-in engine needs of it.
        case bpf
        /// The build tree and tools.
        case build
        /// SystemTap.
        case stap
        /// The user's rights.
        case user
        /// Space, locks and left-overs.
        case machine
        /// The program to be probed.
        case target
        /// The recipe.
        case recipe
    }

    /// The facts.
    public var kind: Kind
    /// How bad it is.
    public var severity: Severity
    /// What it stops, where it is blocking.
    public var stops: Capability
    /// The engines that it bears on.
    public var engines: Set<Engine>

    init(
        _ kind: Kind, _ severity: Severity, stops: Capability = [], engines: Set<Engine> = [.stap]
    ) {
        self.kind = kind
        self.severity = severity
        self.stops = severity == .blocking ? stops : []
        self.engines = engines
    }

    /// The facts of a finding; ``FindingWords`` turns them into sentences.
    public enum Kind: Sendable, Equatable {
        // The kernel.
        case moduleSupport
        case noModuleSupport(release: String, config: String?)
        case moduleLoadingDisabled
        case lockdown(mode: String)
        case lockdownHidden(isAbsent: Bool, isSecureBoot: Bool?)
        case signatureEnforced
        case kprobes
        case noKprobes(recipes: [String])
        case uprobes
        case noUprobes(recipes: [String])
        case debugfsNotMounted
        case hidden(what: String, area: Area)
        case unknown(what: String)
        // What the built-in engine needs of the kernel.
        case bpf(release: String)
        case kernelBeforeBPF(release: String)
        case noBPFSystemCall
        case noUprobeUnit(recipes: [String])
        case kernelReadsLocked
        case noKernelTypes
        case lockedMemory(limit: UInt64)
        // The build tree.
        case buildTree(release: String)
        case noBuildTree(BuildFacts, Distribution)
        case buildTreeIncomplete(BuildFacts, Distribution)
        case buildTreeOfOtherRelease(BuildFacts, Distribution, found: String)
        case compiler(path: String, version: String?)
        case noCompiler(wanted: String?, Distribution)
        case otherCompiler(wanted: String, found: String, Distribution)
        case noMake(Distribution)
        case noKernelDebugInfo(release: String, recipes: [String], Distribution)
        // SystemTap.
        case stap(version: String)
        case noStap(Distribution)
        case stapVersionUnknown(path: String)
        case stapTooOld(version: String, Distribution)
        case stapUntested(version: String, newest: String, release: String)
        case noStaprun(Distribution)
        case staprunNotSetUserID(path: String)
        case runtimeFits(release: String)
        case runtimeCorrected([RuntimeFit.Trouble], version: String, release: String)
        case runtimeBroken([RuntimeFit.Trouble], version: String, release: String)
        // The user.
        case root
        case stapGroups
        case notRoot(missingGroups: [String])
        case noModuleCapability(container: String?)
        case userNamespace
        case container(String)
        case bpfCapabilities
        case noBPFCapabilities(
            missing: [String], unprivileged: String?, container: String?, isBeyondRoot: Bool)
        case mayNeedAdministrator(release: String)
        case noPtraceCapability(container: String?)
        case processNamespace
        // The machine.
        case lowSpace(path: String, available: UInt64)
        case lowMemory(available: UInt64)
        case lockHeld(HeldLock, seconds: Int64?)
        case leftOverModule(String)
        // The target.
        case debugInfo(path: String, separate: String?)
        case noDebugInfo(TargetFacts, Distribution)
        case debugInfoMismatch(TargetFacts, Distribution, separate: String, expected: String, found: String)
        case notELF(path: String)
        case noSuchTarget(path: String)
        case noSuchProcess(pid: Int32)
        case replacedTarget(path: String, pid: Int32)
        case narrowTarget(path: String)
        // The recipe.
        case missingExecutable(recipe: String, parameter: String, path: String)
        case guruNotAllowed(recipe: String)
        case distrusted(recipe: String, reason: String, mend: String?)
        case unsupportedScript(recipe: String, reasons: [String])
    }
}
