import Glibc
public import RecipeModel
public import Templater

/// What to trace besides what the script's probes name: the process that `target()` stands for.
public enum RunTarget: Sendable, Equatable {
    /// No process; `target()` is 0.
    case none
    /// A process that runs already (`staprun -x`); it is never signalled.
    case pid(Int32)
    /// A program and its arguments, started once the probes are in place; the run ends when it ends, and it
    /// is ended (SIGTERM, then SIGKILL) when the run ends first.
    case command([String])
}

extension RunTarget {
    /// A process and its descendants, as they are now.
    public static func family(of pid: Int32) -> Set<Int32> { RunningProcesses().family(of: pid) }

    /// The target's processes as they are now; nil where no running process was named.
    ///
    /// - Parameter group: The control group that the target is of, where one was named.
    /// - Returns: Their ids.
    public func processes(in group: ControlGroup?) -> Set<Int32>? {
        if let group { return group.processes }
        guard case .pid(let pid) = self else { return nil }
        return Self.family(of: pid)
    }

    /// Looks for the process that is to be traced, where one was named.
    func requireProcess() throws(EngineError) {
        guard case .pid(let target) = self else { return }
        guard target > 0, kill(target, 0) == 0 || errno == EPERM else { throw .noSuchProcess(target) }
        // `top -H` and `ps -L` show threads by their own ids, which kill(2) takes, too.
        if let process = ProcessStatus.process(ofThread: target), process != target {
            throw .isThread(target, of: process)
        }
        guard ProcessStatus(target) != nil else { throw .isDead(target) }
    }
}

/// A file that the script's probes are placed in, known by its content's name.
public struct ProbedFile: Sendable, Hashable, Codable {
    /// Its absolute path.
    public var path: String
    /// Its GNU build id in hexadecimal; nil where it has none, and its content's digest is taken instead.
    public var buildID: String?

    /// Creates a probed file.
    public init(path: String, buildID: String?) {
        self.path = path
        self.buildID = buildID
    }
}

/// Where a run keeps what outlives it, and what it must not share.
public struct EngineDirectories: Sendable, Equatable {
    /// Compiled modules and corrected runtimes: `$XDG_CACHE_HOME/taprecipe`, for root `/var/cache/taprecipe`.
    public var cache: String
    /// Limits that worked: `$XDG_STATE_HOME/taprecipe`, for root `/var/lib/taprecipe`.
    public var state: String
    /// Locks: `$XDG_RUNTIME_DIR/taprecipe`, for root `/run/taprecipe`.
    public var runtime: String
    /// Where the run's private directory is made: `$TMPDIR` or `/tmp`.
    public var temporary: String

    /// Creates the set.
    public init(cache: String, state: String, runtime: String, temporary: String = "/tmp") {
        self.cache = cache
        self.state = state
        self.runtime = runtime
        self.temporary = temporary
    }

    /// The directories that the XDG Base Directory Specification and the FHS give a user or root.
    public static func standard(environment: [String: String], isRoot: Bool, userID: UInt32)
        -> EngineDirectories
    {
        func absolute(_ name: String) -> String? {
            environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil }
        }
        let temporary = absolute("TMPDIR") ?? "/tmp"
        if isRoot {
            return EngineDirectories(
                cache: absolute("XDG_CACHE_HOME").map { $0 + "/taprecipe" } ?? "/var/cache/taprecipe",
                state: absolute("XDG_STATE_HOME").map { $0 + "/taprecipe" } ?? "/var/lib/taprecipe",
                runtime: "/run/taprecipe", temporary: temporary)
        }
        let home = absolute("HOME") ?? "\(temporary)/taprecipe-\(userID)"
        return EngineDirectories(
            cache: (absolute("XDG_CACHE_HOME") ?? home + "/.cache") + "/taprecipe",
            state: (absolute("XDG_STATE_HOME") ?? home + "/.local/state") + "/taprecipe",
            runtime: absolute("XDG_RUNTIME_DIR").map { $0 + "/taprecipe" }
                ?? "\(temporary)/taprecipe-\(userID)",
            temporary: temporary)
    }
}

/// Everything that one run of a script needs to know.
public struct RunRequest: Sendable {
    /// The expanded script, with the limits of recipe and command line together.
    public var script: Script
    /// The limits that the user set on the command line: these are neither remembered over nor raised.
    public var pinnedLimits: Limits
    /// Whether the user allowed guru mode (`--allow-guru`); a script that needs it is refused without.
    public var allowsGuru: Bool
    /// The process to trace.
    public var target: RunTarget
    /// The control group whose processes are the target, too, now and later; of the built-in engine alone.
    public var group: ControlGroup?
    /// The kernel that the module is for, as `uname -r` prints it.
    public var kernelRelease: String
    /// A compiled module to run instead of compiling (`--module`).
    public var module: String?
    /// Files whose unwind data goes into the module (`-d`).
    public var unwindModules: [ProbedFile]
    /// The libraries that those files are loaded with, whose unwind data goes in as well (`--ldd`).
    ///
    /// Empty: none goes in. stap finds them itself; here they make a change of one another module.
    public var libraries: [ProbedFile]
    /// The files that the script probes; their build ids are part of the cache's key.
    public var probedFiles: [ProbedFile]
    /// The files of kernel modules that it probes, likewise.
    public var kernelModules: [ProbedFile] = []
    /// How long each part may take.
    public var budget: Budget
    /// How much of the deadline was gone when the engine was called.
    public var elapsedBefore = Duration.zero
    /// The most bytes of script output that are passed on; the rest is drained and counted.
    public var maximumOutput: Int
    /// Whether files are written after the run that this user may not write without the rights it began with.
    public var writesFiles = false
    /// What the run must not do to the machine.
    public var guards = RunGuards()
    /// How often a run may be repeated with a raised limit.
    public var maximumRetries: Int
    /// Where caches, locks and memories are.
    public var directories: EngineDirectories
    /// The caller's environment; stap gets debuginfod's and the debug info path's variables of it, and `PATH`
    /// is where the command to start is looked up.
    public var environment: [String: String]

    /// Creates a request with the defaults: 64 MiB of output, four retries.
    public init(
        script: Script, pinnedLimits: Limits = Limits(), allowsGuru: Bool = false, target: RunTarget = .none,
        kernelRelease: String, module: String? = nil, unwindModules: [ProbedFile] = [],
        libraries: [ProbedFile] = [], probedFiles: [ProbedFile] = [], budget: Budget,
        maximumOutput: Int = 64 << 20, maximumRetries: Int = 4, directories: EngineDirectories,
        environment: [String: String] = [:]
    ) {
        self.script = script
        self.pinnedLimits = pinnedLimits
        self.allowsGuru = allowsGuru
        self.target = target
        self.kernelRelease = kernelRelease
        self.module = module
        self.unwindModules = unwindModules
        self.libraries = libraries
        self.probedFiles = probedFiles
        self.budget = budget
        self.maximumOutput = maximumOutput
        self.maximumRetries = maximumRetries
        self.directories = directories
        self.environment = environment
    }
}
