import DebugInfo

/// What is wrong with a probe point of the kernel, a timer or a session event: the facts, without words.
enum KernelPointProblem: Equatable {
    /// A number that stap refuses: the component, the number, the least and the greatest.
    case outOfRange(String, Int64, least: Int64, greatest: Int64)
    /// `timer.profile.tick`, which needs what kernels since 2.6.38 do not have.
    case noProfileTick
    /// `kernel.mark`, which kernels since 2.6.32 do not have.
    case noMarkers
    /// The path of `procfs("…")` leaves its folder.
    case procfsPath(String)
    /// A name of a netfilter point that needs guru mode; what it names and those that there are.
    case netfilterName(String, what: String, known: [String])

    /// No tracepoint matches; the names that there are, and whether only the system is wrong.
    case noTracepoint(String, release: String, names: [String])
    /// Tracepoints of this name exist in other systems.
    case noTracepointSystem(String, name: String, systems: [String])

    /// The kernel's debug information is not here; where it was looked for.
    case noKernelDebugInfo(release: String, missing: [String])
    /// The kernel has no function of this name, as its list of symbols says.
    case noKernelFunction(String, list: String, names: [String])
    /// The function is there, but stap does not probe it outside guru mode.
    case blocked(String)
    /// No module of this name was built for the kernel.
    case noModule(String, release: String, names: [String])
    /// No modules at all are installed for the kernel.
    case noModules(release: String, folder: String)
    /// No module matches a pattern.
    case noModuleOfPattern(String, release: String)
    /// The module was built, but its file is not there.
    case moduleNotInstalled(String, release: String)
    /// The module is loaded, but not from a file of this release.
    case moduleLoadedOnly(String, release: String)
    /// The module is a part of the kernel itself.
    case moduleBuiltIn(String)
    /// The module's debug information is not here.
    case noModuleDebugInfo(String, release: String?, search: DebugInfoError.Search)
    /// The module is there, but not loaded now.
    case moduleNotLoaded(String)
    /// A function of a module by a kprobe, which stap takes, but does not reach.
    case kprobeOfModule(String, module: String)
    /// The module has no function of this name; not more than odd, where stap does not look.
    case noModuleFunction(String, module: String, names: [String])
}
