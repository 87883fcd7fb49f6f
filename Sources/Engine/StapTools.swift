import Glibc

/// The programs and places that the engine uses; tests put others in.
public struct StapTools: Sendable, Equatable {
    /// The translator.
    public var stap: String
    /// The module loader and runner.
    public var staprun: String
    /// util-linux's setpriv(1), which ties a child's life to ours (`PR_SET_PDEATHSIG`).
    public var setpriv: String
    /// util-linux's flock(1), which holds a command until the probes are placed.
    public var flock: String
    /// coreutils' nice(1), by which compiling gives way to the machine's own work.
    public var nice: String
    /// util-linux's prlimit(1), which bounds what compiling may take.
    public var prlimit: String
    /// binutils' objcopy(1), which puts a manifest into a module.
    public var objcopy: String
    /// SystemTap's runtime sources, which stap compiles into each module.
    public var runtime: String
    /// SystemTap's tapset, from which stap takes aliases and functions.
    public var tapset: String
    /// Where kernels' build trees are found, as `RELEASE/build` in it.
    public var kernelModules: String
    /// Where the kernel shows its loaded modules.
    public var loadedModules: String

    /// Creates the set; the defaults are Debian's.
    public init(
        stap: String = "/usr/bin/stap", staprun: String = "/usr/bin/staprun",
        setpriv: String = "/usr/bin/setpriv", flock: String = "/usr/bin/flock",
        nice: String = "/usr/bin/nice", prlimit: String = "/usr/bin/prlimit",
        objcopy: String = "/usr/bin/objcopy",
        runtime: String = "/usr/share/systemtap/runtime", tapset: String = "/usr/share/systemtap/tapset",
        kernelModules: String = "/lib/modules", loadedModules: String = "/sys/module"
    ) {
        self.stap = stap
        self.staprun = staprun
        self.setpriv = setpriv
        self.flock = flock
        self.nice = nice
        self.prlimit = prlimit
        self.objcopy = objcopy
        self.runtime = runtime
        self.tapset = tapset
        self.kernelModules = kernelModules
        self.loadedModules = loadedModules
    }

    /// The address space and the size of a file that a program of a compilation may have at most: a stap that loads a
    /// kernel's DWARF takes two gigabytes, a compiler less.
    private static let mostMemory = 8 << 30
    private static let mostFileSize = 2 << 30

    /// What starts a compilation so that it gives way to other programs, and cannot take all memory and disk; nothing
    /// where the tools for it are missing.
    var modesty: [String] {
        let limits = [prlimit, "--as=\(Self.mostMemory)", "--fsize=\(Self.mostFileSize)", "--core=0", "--"]
        return (access(nice, X_OK) == 0 ? [nice, "-n", "10"] : [])
            + (access(prlimit, X_OK) == 0 ? limits : [])
    }
}
