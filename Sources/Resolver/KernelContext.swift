import DebugInfo

/// The kernel that a script is for, and where its files are.
public struct KernelContext: Sendable {
    /// The kernel's release, such as `6.1.0-56-amd64`.
    public let release: String
    /// Whether it is the kernel that runs here, so that `/sys` and `/proc` speak of it.
    public let isRunning: Bool
    /// Whether guru mode is asked for, which probes what could bring the kernel down.
    public var isGuru: Bool
    /// The folder with one folder of modules a release.
    public let modulesFolder: String
    /// The folders that hold separate debug files.
    public let debugRoots: [String]
    /// The folder of `vmlinuz` and `System.map`.
    public let bootFolder: String
    /// The root of sysfs, which says what the running kernel has.
    public let sysFolder: String
    /// The root of procfs.
    public let procFolder: String
    /// What its headers declare, read once for all scripts that are judged for it.
    let tracepointHeaders = Shared<TracepointHeaders?>()

    /// Creates a description of a kernel, by default with the usual folders.
    public init(
        release: String, isRunning: Bool, isGuru: Bool = false, modulesFolder: String = "/lib/modules",
        debugRoots: [String] = ["/usr/lib/debug"], bootFolder: String = "/boot", sysFolder: String = "/sys",
        procFolder: String = "/proc"
    ) {
        self.release = release
        self.isRunning = isRunning
        self.isGuru = isGuru
        self.modulesFolder = modulesFolder
        self.debugRoots = debugRoots
        self.bootFolder = bootFolder
        self.sysFolder = sysFolder
        self.procFolder = procFolder
    }
}
