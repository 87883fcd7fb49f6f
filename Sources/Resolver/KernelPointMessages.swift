import DebugInfo
import Diagnostics

extension KernelPointProblem {
    /// The sentence.
    var message: String {
        switch self {
        case .unknown(let name, nil, let names, _):
            "'\(name)' is not a probe point" + Likeness.suggestion(for: name, among: names)
        case .unknown(let name, let before?, let names, _):
            "'.\(name)' cannot follow '\(before)'"
                + Likeness.suggestion(for: name, among: names, prefix: ".")
        case .wrongArgument(let name, let found, let expected):
            "'\(name)' has \(found.words), expected \(Self.either(expected.map(\.words)))"
        case .incomplete(let name, let next):
            "'\(name)' is not a whole probe point, expected \(Self.either(next.map { "'.\($0)'" })) behind it"
        case .noPointOfPattern(let text): "'\(text)' matches no probe point"
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
        case .noEventVariable(let name, let event, let names):
            names.isEmpty
                ? "'$\(name)' stands in \(event), which has no target variables"
                : "'$\(name)' is not a variable of \(event)"
                    + Likeness.suggestion(for: name, among: names, prefix: "$")
        case .noKernelDebugInfo(let release, _): "kernel \(release) has no debug information here"
        case .noKernelFunction(let name, _, let names):
            "'\(name)' is not a function of the kernel" + Likeness.suggestion(for: name, among: names)
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
        case .noModuleFunction(let name, let module, let names):
            "'\(name)' is not a function of module '\(module)'"
                + Likeness.suggestion(for: name, among: names)
        }
    }

    /// Further facts: alternatives, what would mend it.
    var notes: [String] {
        switch self {
        case .unknown(_, let before?, _, let forms):
            forms.isEmpty
                ? ["nothing can follow '\(before)'"]
                : ["what can follow '\(before)': \(forms.map { ".\($0)" }.joined(separator: ", "))"]
        case .noProfileTick: ["'timer.profile' runs on every processor at the rate of the system's tick"]
        case .noMarkers: ["kernels have tracepoints instead: 'kernel.trace(\"…\")'"]
        case .netfilterName(_, let what, let known): [Self.list("\(what)s", known)]
        case .noTracepointSystem(_, let name, let systems): [Self.list("systems with '\(name)'", systems)]
        case .noEventVariable(_, let event, let names) where !names.isEmpty:
            [Self.list("variables of \(event)", names.map { "$\($0)" })]
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
        case .moduleNotLoaded: ["the probe waits until it is"]
        default: []
        }
    }

    private static func packageNotes(_ release: String) -> [String] {
        [
            "install it with 'apt-get install linux-image-\(release)-dbg'",
            "without it, 'kprobe.function(\"…\")' probes a function and 'kernel.trace(\"…\")' a tracepoint",
        ]
    }

    private static func either(_ words: [String]) -> String {
        switch words.count {
        case 0: "nothing"
        case 1: words[0]
        default: "\(words.dropLast().joined(separator: ", ")) or \(words[words.count - 1])"
        }
    }

    private static func list(_ title: String, _ names: [String]) -> String {
        let more = names.count > 20 ? " and \(names.count - 20) more" : ""
        return "\(title): \(names.prefix(20).joined(separator: ", "))\(more)"
    }
}

extension PointForm.Argument {
    fileprivate var words: String {
        switch self {
        case .none: "no argument"
        case .number: "a number"
        case .string: "a string"
        }
    }
}
