/// Everything that the doctor knows of a machine: plain values, read once by a ``MachineProbe``.
public struct MachineFacts: Sendable, Equatable {
    /// The kernel that runs.
    public var kernel: KernelFacts
    /// What the built-in engine finds in it.
    public var bpf: BPFFacts
    /// What is needed to compile for the kernel that was asked for.
    public var build: BuildFacts
    /// The installed SystemTap, held against that kernel.
    public var stap: StapFacts
    /// The user.
    public var user: UserFacts
    /// The container that this process is in, if any.
    public var container: String?
    /// The operating system.
    public var distribution: Distribution
    /// Space on disk and in memory.
    public var resources: ResourceFacts
    /// The runs that hold a lock now; another user's may be hidden.
    public var locks: Reading<[HeldLock]>
    /// Kernel modules of taprecipe's runs that are loaded now.
    public var modules: [LoadedModule]
    /// The files and processes to be probed.
    public var targets: [TargetFacts]
    /// The recipes to be run.
    public var recipes: [RecipeFacts]
    /// Seconds since the epoch at which the facts were read.
    public var now: Int64

    /// Creates facts.
    public init(
        kernel: KernelFacts, bpf: BPFFacts, build: BuildFacts, stap: StapFacts, user: UserFacts,
        container: String?,
        distribution: Distribution, resources: ResourceFacts, locks: Reading<[HeldLock]>,
        modules: [LoadedModule],
        targets: [TargetFacts], recipes: [RecipeFacts], now: Int64
    ) {
        self.kernel = kernel
        self.bpf = bpf
        self.build = build
        self.stap = stap
        self.user = user
        self.container = container
        self.distribution = distribution
        self.resources = resources
        self.locks = locks
        self.modules = modules
        self.targets = targets
        self.recipes = recipes
        self.now = now
    }
}

/// What the running kernel supports and forbids.
public struct KernelFacts: Sendable, Equatable {
    /// Its release, as `uname -r` prints it.
    public var release = ""
    /// Its configuration.
    public var config: Reading<KernelConfig> = .absent
    /// Whether `/proc/modules` exists: a kernel without module support has none.
    public var hasModuleList = true
    /// `kernel.modules_disabled`: whether loading was switched off until the next boot.
    public var modulesDisabled: Reading<Bool> = .absent
    /// Whether the kernel has kprobes, by its configuration or its symbols.
    public var kprobes: Reading<Bool> = .absent
    /// Whether the kernel has uprobes, by its configuration or its symbols.
    public var uprobes: Reading<Bool> = .absent
    /// The lockdown mode: `none`, `integrity` or `confidentiality`; absent without the lockdown LSM.
    public var lockdown: Reading<String> = .absent
    /// Whether the firmware enforces Secure Boot; absent without EFI.
    public var secureBoot: Reading<Bool> = .absent
    /// Whether only modules with a known signature may be loaded.
    public var signatureEnforced: Reading<Bool> = .absent
    /// The kinds of file system that are mounted, such as `debugfs` and `tracefs`.
    public var mounted: Reading<Set<String>> = .absent
}

/// What the built-in engine needs of a machine besides the kernel's age and the user's rights.
public struct BPFFacts: Sendable, Equatable {
    /// Whether the kernel has bpf(2): it then has the setting `kernel.unprivileged_bpf_disabled`.
    public var hasSystemCall: Reading<Bool> = .absent
    /// That setting's value.
    public var unprivileged: String?
    /// Whether the kernel has the perf event unit that probes of programs are placed by.
    public var hasUprobeUnit: Reading<Bool> = .absent
    /// Whether the kernel describes its own types (BTF).
    public var hasKernelTypes = true
    /// The memory that this process may lock, in bytes; nil where that is unlimited or unknown.
    public var lockedMemoryLimit: UInt64?
    /// Whether the ids of processes here are others than the machine's own.
    public var isInProcessNamespace = false
}

/// The build tree of a kernel and the tools to build with.
public struct BuildFacts: Sendable, Equatable {
    /// The release to compile for.
    public var release = ""
    /// Where the tree is: `/lib/modules/R/build`.
    public var tree = ""
    /// Whether the tree is there, the link's target where it leads nowhere.
    public var presence: Presence = .missing
    /// Files that a build tree has and this one lacks.
    public var missingFiles: [String] = []
    /// The release that the tree says it is for.
    public var treeRelease: Reading<String> = .absent
    /// Whether that kernel is installed here (its image or its modules).
    public var isKernelInstalled = false
    /// Other releases with a build tree here.
    public var otherReleases: [String] = []
    /// The compiler that the kernel was built with, from its configuration.
    public var wantedCompiler: String?
    /// The compiler that a build would use; nil where there is none.
    public var compiler: Compiler?
    /// Whether `make` is in `PATH`.
    public var hasMake = true
    /// Where the kernel's DWARF is; nil where it is not installed.
    public var kernelDebugInfo: String?

    /// Whether a build tree is there.
    public enum Presence: Sendable, Equatable {
        /// It is.
        case present
        /// Nothing is there.
        case missing
        /// A symbolic link that leads nowhere.
        case dangling(String)
        /// It may not be looked at.
        case unreadable
    }

    /// A C compiler.
    public struct Compiler: Sendable, Equatable {
        /// Its path.
        public var path: String
        /// The first line of `--version`; nil where it did not say.
        public var version: String?
    }
}

/// The installed SystemTap.
public struct StapFacts: Sendable, Equatable {
    /// The path of `stap`; nil where there is none.
    public var path: String?
    /// Its version; nil where it did not say.
    public var version: StapVersion?
    /// The path of `staprun`; nil where there is none.
    public var staprun: String?
    /// The mode of `staprun`.
    public var staprunPermissions: Reading<UInt32> = .absent
    /// The folder of its runtime.
    public var runtime = ""
    /// What keeps the runtime from compiling for the kernel's headers; unknown without either.
    public var troubles: Reading<Set<RuntimeFit.Trouble>> = .absent
    /// What taprecipe mends by compiling with a corrected copy of the runtime.
    public var patched: Set<RuntimeFit.Trouble> = []
}

/// Who runs the doctor.
public struct UserFacts: Sendable, Equatable {
    /// The effective user id.
    public var effectiveID: UInt32 = 0
    /// The groups' names, or numbers where `/etc/group` has no name.
    public var groups: [String] = []
    /// The effective capabilities' bits (capabilities(7)).
    public var effectiveCapabilities: UInt64?
    /// The bits that even a set-user-id program cannot exceed.
    public var boundingCapabilities: UInt64?
    /// Whether user ids are mapped: root of a user namespace is not the machine's root.
    public var isInUserNamespace = false

    /// Whether the effective user is root.
    public var isRoot: Bool { effectiveID == 0 }
    /// Whether a root process here may load modules (`CAP_SYS_MODULE`, bit 16).
    public var mayLoadModules: Bool {
        (isRoot ? effectiveCapabilities : boundingCapabilities).map { $0 & 1 << 16 != 0 } ?? true
    }
}

/// Space for a compile.
public struct ResourceFacts: Sendable, Equatable {
    /// The folders that a compile writes to.
    public var folders: [Folder] = []
    /// The memory that could be had without swapping, in bytes.
    public var availableMemory: UInt64?

    /// A folder and what is free there.
    public struct Folder: Sendable, Equatable {
        /// Its path.
        public var path: String
        /// The bytes free for this user.
        public var available: UInt64
        /// Whether a run can do without: what is only kept for later runs goes there.
        public var isSpare = false
    }
}

/// A run that holds the lock of its module's name.
public struct HeldLock: Sendable, Equatable {
    /// The module's name.
    public var module: String
    /// The process that holds it, if it says.
    public var pid: Int32?
    /// Seconds since the epoch at which it was taken, if it says.
    public var since: Int64?
    /// The recipe that it runs, if it says.
    public var recipe: String?

    /// Creates a lock.
    public init(module: String, pid: Int32? = nil, since: Int64? = nil, recipe: String? = nil) {
        self.module = module
        self.pid = pid
        self.since = since
        self.recipe = recipe
    }
}

/// A line of `/proc/modules`.
public struct LoadedModule: Sendable, Equatable {
    /// Its name.
    public var name: String
    /// How many hold it.
    public var useCount: Int
}
