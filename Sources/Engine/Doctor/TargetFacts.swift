/// A program to be probed: its file, its debug info, and the process if one was named.
public struct TargetFacts: Sendable, Equatable {
    /// Its path.
    public var path: String
    /// The state of its DWARF.
    public var debugInfo: DebugInfoStatus
    /// The package that the file is from, where the package manager's lists say so.
    public var package: String?
    /// Whether the system already knows an archive of debug packages.
    public var hasDebugArchive: Bool
    /// The process that was named and runs this file.
    public var pid: Int32?
    /// Whether the process runs a file that is no longer on the disk under its name.
    public var isReplaced: Bool
    /// Whether it is a 32-bit program.
    public var isNarrow = false
    /// Why the process could not be looked at, if so.
    public var isHidden: Bool

    /// Creates facts of a program.
    public init(
        path: String, debugInfo: DebugInfoStatus, package: String? = nil, hasDebugArchive: Bool = false,
        pid: Int32? = nil, isReplaced: Bool = false, isHidden: Bool = false
    ) {
        self.path = path
        self.debugInfo = debugInfo
        self.package = package
        self.hasDebugArchive = hasDebugArchive
        self.pid = pid
        self.isReplaced = isReplaced
        self.isHidden = isHidden
    }
}

/// Where a binary's DWARF is, or why there is none.
public enum DebugInfoStatus: Sendable, Equatable {
    /// In the file itself.
    case embedded
    /// In a separate file.
    case separate(path: String)
    /// A separate file is there, but of another build.
    case mismatch(path: String, expected: String, found: String)
    /// Nowhere; the file's build id, if it has one.
    case missing(buildID: String?)
    /// The file does not exist.
    case noSuchFile
    /// The file is no ELF file.
    case notELF
    /// The file could not be read.
    case unreadable
    /// Nobody looked.
    case unknown
}

/// A recipe to be run, as far as it bears on the machine; the command fills it in.
public struct RecipeFacts: Sendable, Equatable {
    /// Its name.
    public var name: String
    /// Why the file is not trusted to be run as root (others can write it), if it is not.
    public var distrust: String?
    /// The command that makes it trusted.
    public var distrustMend: String?
    /// Whether it needs guru mode.
    public var needsGuru: Bool
    /// Whether the user gave `--allow-guru`.
    public var isGuruAllowed: Bool
    /// Whether it probes programs (`process(…)`).
    public var probesPrograms: Bool
    /// Whether it probes the kernel by kprobes (`kernel.function`, `kprobe.…`, `module(…)`).
    public var probesKernel: Bool
    /// Whether it needs the DWARF of the programs that it probes.
    public var needsDebugInfo: Bool
    /// Whether it needs the kernel's DWARF (`kernel.function`, `module(…).function`).
    public var needsKernelDebugInfo: Bool
    /// Whether it is about one process, by its id, or about a command.
    public var hasTarget: Bool
    /// What of its script the built-in engine does not do, a message each; empty where that is nothing or unknown.
    public var unsupported: [String] = []
    /// Parameters of the type executable and the paths that they were given.
    public var executables: [Executable]

    /// A parameter and the program that it names.
    public struct Executable: Sendable, Equatable {
        /// The parameter's name.
        public var parameter: String
        /// The path.
        public var path: String

        /// Creates it.
        public init(parameter: String, path: String) {
            self.parameter = parameter
            self.path = path
        }
    }

    /// Creates facts of a recipe.
    public init(
        name: String, distrust: String? = nil, distrustMend: String? = nil, needsGuru: Bool = false,
        isGuruAllowed: Bool = false, probesPrograms: Bool = true, probesKernel: Bool = false,
        needsDebugInfo: Bool = true, needsKernelDebugInfo: Bool = false, hasTarget: Bool = false,
        executables: [Executable] = []
    ) {
        self.name = name
        self.distrust = distrust
        self.distrustMend = distrustMend
        self.needsGuru = needsGuru
        self.isGuruAllowed = isGuruAllowed
        self.probesPrograms = probesPrograms
        self.probesKernel = probesKernel
        self.needsDebugInfo = needsDebugInfo
        self.needsKernelDebugInfo = needsKernelDebugInfo
        self.hasTarget = hasTarget
        self.executables = executables
    }
}
