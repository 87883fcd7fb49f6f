import DebugInfo
import Diagnostics

extension KernelPointProblem {
    /// The sentence.
    var message: String {
        switch self {
        case .outOfRange(let name, let number, let least, let greatest):
            "'\(name)' is \(number), expected \(least) to \(greatest)"
        case .noProfileTick: "'timer.profile.tick' does not exist in the kernel"
        case .noMarkers: "'kernel.mark' does not exist in the kernel"
        case .procfsPath(let path):
            "'\(path)' is not a name below /proc/systemtap/MODULE, expected no leading '/' and no '.' or '..'"
        case .netfilterName(let name, let what, let known):
            "'\(name)' is not a \(what)" + Likeness.suggestion(for: name, among: known)
        case .noTracepoint(let name, let release, let names):
            "'\(name)' is not a tracepoint of kernel \(release)"
                + Likeness.suggestion(for: name, among: names)
        case .noTracepointSystem(let system, let name, let systems):
            "'\(name)' is not a tracepoint of '\(system)'"
                + Likeness.suggestion(for: system, among: systems)
        case .noKernelDebugInfo(let release, _): "kernel \(release) has no debug information here"
        case .noKernelFunction(let name, _, let names):
            "'\(name)' is not a function of the kernel" + Likeness.suggestion(for: name, among: names)
        case .blocked(let name): "a probe at '\(name)' could bring the kernel down"
        case .noModule(let name, let release, let names):
            "'\(name)' is not a module that was built for kernel \(release)"
                + Likeness.suggestion(for: name, among: names)
        case .noModules(let release, let folder):
            "kernel \(release) has no modules here, '\(folder)' does not exist"
        case .noModuleOfPattern(let pattern, let release):
            "'\(pattern)' matches no module of kernel \(release)"
        case .moduleNotInstalled(let name, let release):
            "module '\(name)' was built for kernel \(release), but is not installed"
        case .moduleLoadedOnly(let name, let release):
            "module '\(name)' is loaded, but its file is not installed for kernel \(release)"
        case .moduleBuiltIn(let name):
            "'\(name)' is built into the kernel, expected a module of its own"
        case .noModuleDebugInfo(let name, _, _): "module '\(name)' has no debug information"
        case .moduleNotLoaded(let name): "module '\(name)' is not loaded"
        case .kprobeOfModule:
            "SystemTap 4.8 reaches no function by 'kprobe.module(\"…\")' on Linux 5.12 and later, and does not say so"
        case .noModuleFunction(let name, let module, let names):
            "'\(name)' is not a function of module '\(module)'"
                + Likeness.suggestion(for: name, among: names)
        }
    }

    /// Further facts: alternatives, what would mend it.
    var notes: [String] {
        switch self {
        case .noProfileTick: ["'timer.profile' runs on every processor each millisecond"]
        case .noMarkers: ["kernels have tracepoints instead: 'kernel.trace(\"…\")'"]
        case .netfilterName(_, let what, let known): [Self.list("\(what)s", known)]
        case .noTracepointSystem(_, let name, let systems): [Self.list("systems with '\(name)'", systems)]
        case .noKernelDebugInfo(let release, let missing):
            ["looked for \(missing.map { "'\($0)'" }.joined(separator: ", "))"]
                + Self.packageNotes(release)
        case .noKernelFunction(_, let list, _): ["the kernel's functions are those of '\(list)'"]
        case .noModules(let release, _), .moduleNotInstalled(_, let release):
            ["install it with 'apt-get install linux-image-\(release)'"]
        case .moduleLoadedOnly(_, let release):
            ["put it below /lib/modules/\(release)/extra, or name its file: 'module(\"/….ko\")'"]
        case .moduleBuiltIn: ["its functions are the kernel's: 'kernel.function(\"…\")'"]
        case .noModuleDebugInfo(_, let release, let search):
            (search.missing.isEmpty
                ? [] : ["looked for \(search.missing.map { "'\($0)'" }.joined(separator: ", "))"])
                + search.rejected.map { "'\($0.path)' does not belong to this build, or holds no DWARF" }
                + (release.map(Self.packageNotes) ?? ["build the module with CONFIG_DEBUG_INFO"])
        case .blocked: ["it is on SystemTap's list of what guru mode alone may probe"]
        case .moduleNotLoaded: ["load it first: calls of a module that comes later are not seen"]
        case .kprobeOfModule(let function, let module):
            ["'module(\"\(module)\").function(\"\(function)\")' is the same, and needs no debug information"]
        default: []
        }
    }

    private static func packageNotes(_ release: String) -> [String] {
        [
            "install it with 'apt-get install linux-image-\(release)-dbg'",
            "without it, 'kprobe.function(\"…\")' probes a function and 'kernel.trace(\"…\")' a tracepoint",
        ]
    }

    private static func list(_ title: String, _ names: [String]) -> String {
        let more = names.count > 20 ? " and \(names.count - 20) more" : ""
        return "\(title): \(names.prefix(20).joined(separator: ", "))\(more)"
    }
}
