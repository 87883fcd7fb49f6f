public import DebugInfo
public import Diagnostics

/// A script whose probe points have been held against the binaries' debug information.
///
/// A value that can be encoded: what is found out by a process without rights is used by one that has them.
public struct ResolvedScript: Sendable, Codable {
    /// Every address that will be probed, in the script's order.
    public var points: [ResolvedPoint]
    /// Every event that will be probed and has no address in a file, in the script's order.
    public var events: [ResolvedEvent]
    /// What runs at the points and events, each once.
    public var handlers: [ResolvedHandler]
    /// The probe points, or parts of them, that were not held against anything.
    public var unchecked: [UncheckedPoint]
    /// The binaries that were looked into, in the order of their first use.
    public var binaries: [ResolvedBinary]
    /// The files of kernel modules that were looked into, likewise.
    public var kernelModules: [ResolvedBinary]
    /// What the script asks of the engine.
    public var traits: ScriptTraits
    /// What is odd but stops nothing.
    public var warnings: [Diagnostic]

    /// Whether a place in a program is probed, not only the kernel.
    public var probesPrograms: Bool { points.contains { $0.kernelModule == nil } }
}

/// One address that a probe point stands for.
public struct ResolvedPoint: Sendable, Codable {
    /// What happens at the address.
    public enum Kind: String, Sendable, Codable {
        /// A function is called.
        case call
        /// A function returns; the address is its entry.
        case `return`
        /// An inlined instance begins.
        case inlined
        /// A line's code begins.
        case statement
        /// A label is passed.
        case label
        /// A static mark is passed.
        case mark
        /// A function of another file is called through the linkage table.
        case linkage
    }

    /// Where the probe point stands in the script.
    public var range: SourceRange
    /// The binary's path.
    public var binary: String
    /// The function.
    public var function: String
    /// What happens there.
    public var kind: Kind
    /// The address in the file's own address space.
    public var address: UInt64
    /// Where a return probe's handler has its target expressions read, if not at the address.
    public var saving: SavingPlace?
    /// The source file that declares the function, as DWARF names it.
    public var sourceFile: String?
    /// The line that declares it; of a statement or label, its own.
    public var line: Int?
    /// The counter that the kernel raises while somebody watches the mark, in the file's own address space.
    public var semaphore: UInt64?
    /// The kernel's module that the binary is, `kernel` for the kernel itself; nil for a program's.
    public var kernelModule: String?
    /// How the handler's target expressions are read there, those of the functions that it calls too.
    public var loads: [TypedLoad] = []
    /// What runs there, an index into ``ResolvedScript/handlers``.
    public var handler = 0
}

/// An event without an address in a file that a probe point stands for.
public struct ResolvedEvent: Sendable, Equatable, Codable {
    /// What happens.
    public enum Kind: Sendable, Equatable, Codable {
        /// The session begins; handlers run by their numbers.
        case begin(order: Int64)
        /// The session ends.
        case end(order: Int64)
        /// The session ends by an error.
        case error(order: Int64)
        /// Nothing: the handler is only checked.
        case never
        /// A time has passed, give or take up to `randomize`.
        case timer(nanoseconds: Int64, randomize: Int64)
        /// A number of the kernel's jiffies has passed.
        case timerJiffies(Int64, randomize: Int64)
        /// A counter of a processor has advanced, while one of these processes runs on it; `timer.profile` is one of
        /// the processor's clock.
        case sample(PerformanceCounter, of: Processes)
        /// A tracepoint of the kernel; its system where that is known.
        case tracepoint(system: String?, name: String)
        /// A function of the kernel or a module, found by its name alone.
        case kernelFunction(String, module: String?, isReturn: Bool)
        /// An address of the running kernel.
        case kernelAddress(UInt64)
        /// Something that happens to processes: `begin`, `thread.end`, `syscall.return`.
        case process(String, of: Processes)
    }

    /// The processes that an event is of.
    public enum Processes: Sendable, Equatable, Codable {
        /// Every one.
        case all
        /// The one with this id.
        case id(Int64)
        /// Those that run a program; its path, with symbolic links followed.
        case program(String)
        /// Those that run a program whose path matches a pattern.
        case pattern(String)

        /// The first component of such a point, as stap writes it.
        public var text: String {
            switch self {
            case .all: "process"
            case .id(let id): "process(\(id))"
            case .program(let path), .pattern(let path): "process(\"\(path)\")"
            }
        }
    }

    /// Where the probe point stands in the script.
    public var range: SourceRange
    /// What happens.
    public var kind: Kind
    /// How the handler's target expressions are read then, those of the functions that it calls too.
    public var loads: [TypedLoad] = []
    /// What runs then, an index into ``ResolvedScript/handlers``.
    public var handler = 0
}

/// A probe point, or a part of one, that only the engine can judge.
public struct UncheckedPoint: Sendable, Codable {
    /// Why it was not checked.
    public enum Reason: Sendable, Equatable, Codable {
        /// It is a point of the kernel, and which kernel is not known.
        case kernelUnknown
        /// Neither the kernel's headers nor tracefs nor its BTF are there to tell its tracepoints.
        case tracepointsUnknown
        /// Neither `/proc/kallsyms` nor a `System.map` is there to tell the kernel's functions.
        case kernelSymbolsUnknown
        /// It is a tapset's.
        case tapset
        /// Which program a process runs cannot be read.
        case programUnknown
        /// The point's name is a pattern that points of the kernel or of tapsets may match.
        case pattern
        /// A type is in headers, which only a compiler can read.
        case headers
        /// Nothing here tells the types of the kernel's release, so that members of a tracepoint's variable cannot
        /// be looked up.
        case kernelTypesUnknown
        /// The kind of point is not looked into yet; its name.
        case kind(String)
    }

    /// Where it stands.
    public var range: SourceRange
    /// The point, or the target expression in it, as the script writes it.
    public var text: String
    /// Why.
    public var reason: Reason
}

/// A binary that a script probes.
public struct ResolvedBinary: Sendable, Equatable, Codable {
    /// The path, absolute.
    public var path: String
    /// The identity of its build, if it has one.
    public var buildID: BuildID?

    /// Creates a binary.
    public init(path: String, buildID: BuildID?) {
        self.path = path
        self.buildID = buildID
    }
}

/// What a script asks of the engine that runs it.
public struct ScriptTraits: Sendable, Codable {
    /// Something that stap refuses without guru mode (`-g`).
    public struct GuruUse: Sendable, Equatable, Codable {
        /// What it is.
        public enum Kind: Sendable, Equatable, Codable {
            /// C code.
            case embeddedC
            /// A variable of the traced program is changed.
            case writesTarget
            /// `@const`.
            case constant
            /// A function that stap lets only gurus call.
            case function(String)
            /// An address of the kernel, which nothing checks.
            case absoluteAddress
        }

        /// What it is.
        public var kind: Kind
        /// Where it stands.
        public var range: SourceRange
    }

    /// A program with return probes whose stack something looks through.
    public struct ReturnHazard: Sendable, Equatable, Codable {
        /// The file with the functions.
        public var path: String
        /// The first of them.
        public var function: String
        /// What would meet the probe.
        public var walker: StackWalker
        /// Where the script has the probe.
        public var range: SourceRange
    }

    /// Whether it prints or takes backtraces or symbols of user space, which needs `-d` for every binary.
    public var usesUserBacktraces = false
    /// Whether it prints or takes backtraces of the kernel.
    public var usesKernelBacktraces = false
    /// Whether it cannot run without a target process (`-x` or `-c`).
    ///
    /// So it is with `process` without a path, whose functions must be looked up before the run;
    /// `process.begin` and its kin mean every process instead.
    public var needsTarget = false
    /// Whether it calls `target()`, which is 0 where there is no target process.
    public var callsTarget = false
    /// What needs guru mode, in the order of the script.
    public var guruUses: [GuruUse] = []
    /// The programs that return probes may end, each once, in the order of the script.
    public var returnHazards: [ReturnHazard] = []
    /// What stap reads wrongly, each place once, in the order of the script.
    public var stapMisreadings: [StapMisreading] = []
    /// Whether no probe would have an effect, so that stap finds nothing to run.
    public var doesNothing = false

    /// Whether it needs guru mode.
    public var needsGuru: Bool { !guruUses.isEmpty }

    /// Takes calls of functions whose own text says that they are for gurus.
    mutating func addGuruCalls(_ calls: [(name: String, range: SourceRange)]) {
        for call in calls {
            let use = GuruUse(kind: .function(call.name), range: call.range)
            if !guruUses.contains(use) { guruUses.append(use) }
        }
        guruUses.sort { $0.range.lower < $1.range.lower }
    }
}
