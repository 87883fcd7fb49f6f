/// The only place that turns a finding's facts into a heading and an explanation; ``FindingMends`` has the rest.
enum FindingWords {
    /// A stable name for scripts, where the finding belongs, a heading, and why it matters (may be empty).
    typealias Words = (id: String, area: Finding.Area, title: String, explanation: String)

    static func words(for kind: Finding.Kind) -> Words {
        switch kind {
        case .moduleSupport, .noModuleSupport, .moduleLoadingDisabled, .lockdown, .lockdownHidden,
            .signatureEnforced, .kprobes, .noKprobes, .uprobes, .noUprobes, .debugfsNotMounted, .hidden,
            .unknown:
            kernel(kind)
        case .bpf, .kernelBeforeBPF, .noBPFSystemCall, .noUprobeUnit, .kernelReadsLocked, .noKernelTypes,
            .lockedMemory, .mayNeedAdministrator, .bpfCapabilities, .noBPFCapabilities, .noPtraceCapability,
            .processNamespace,
            .narrowTarget, .unsupportedScript:
            bpf(kind)
        case .buildTree, .noBuildTree, .buildTreeIncomplete, .buildTreeOfOtherRelease, .compiler, .noCompiler,
            .otherCompiler, .noMake, .noKernelDebugInfo:
            build(kind)
        case .stap, .noStap, .stapVersionUnknown, .stapTooOld, .stapUntested, .noStaprun,
            .staprunNotSetUserID, .runtimeFits, .runtimeCorrected, .runtimeBroken:
            stap(kind)
        case .root, .stapGroups, .notRoot, .noModuleCapability, .userNamespace, .container, .lowSpace,
            .lowMemory, .lockHeld, .leftOverModule:
            system(kind)
        case .debugInfo, .noDebugInfo, .debugInfoMismatch, .notELF, .noSuchTarget, .noSuchProcess,
            .replacedTarget, .missingExecutable, .guruNotAllowed, .distrusted:
            use(kind)
        }
    }

    private static func kernel(_ kind: Finding.Kind) -> Words {
        switch kind {
        case .noModuleSupport(let release, let config):
            (
                "no-module-support", .kernel, "no module support",
                (config.map { "CONFIG_MODULES is not set (\($0))" } ?? "/proc/modules does not exist")
                    + ": kernel \(release) loads no modules, so stap cannot trace with it"
            )
        case .moduleLoadingDisabled:
            (
                "module-loading-disabled", .kernel, "module loading is switched off",
                "kernel.modules_disabled is 1, which stays so until the next boot"
            )
        case .lockdown(let mode):
            (
                "lockdown", .kernel, "kernel lockdown '\(mode)'",
                "the kernel refuses modules without a signature that it knows"
                    + (mode == "confidentiality" ? ", and every kprobe and BPF read of kernel memory" : "")
            )
        case .lockdownHidden(let isAbsent, let isSecureBoot):
            (
                "lockdown-unknown", .kernel,
                isAbsent
                    ? "kernel lockdown is unknown" : "kernel lockdown could not be read without root",
                isSecureBoot == true
                    ? "Secure Boot is on, under which most kernels refuse unsigned modules"
                    : "if it is on, the kernel refuses unsigned modules"
            )
        case .signatureEnforced:
            (
                "module-signatures", .kernel, "only signed modules may be loaded",
                "module signature enforcement is on (sig_enforce), and a freshly compiled module has none"
            )
        case .kprobes: ("kprobes", .kernel, "kernel probes (kprobes)", "")
        case .noKprobes(let recipes):
            (
                "no-kprobes", .kernel, "no kernel probes",
                "the kernel has no kprobes (CONFIG_KPROBES)" + needed(by: recipes)
            )
        case .uprobes: ("uprobes", .kernel, "user-space probes (uprobes)", "")
        case .noUprobes(let recipes):
            (
                "no-uprobes", .kernel, "no user-space probes",
                "the kernel has no uprobes (CONFIG_UPROBES)" + needed(by: recipes)
            )
        case .debugfsNotMounted:
            (
                "debugfs", .kernel, "debugfs is not mounted",
                "staprun reads the trace through it, and mounts it if it may"
            )
        case .hidden(let what, let area):
            ("unreadable", area, "\(what) could not be read without root", "")
        case .unknown(let what):
            (
                "unknown", .kernel, "it is unknown \(what)",
                "neither the kernel's configuration nor its symbols can be read"
            )
        default: ("module-support", .kernel, "module support", "")
        }
    }

    /// What bears on the built-in engine alone.
    private static func bpf(_ kind: Finding.Kind) -> Words {
        switch kind {
        case .kernelBeforeBPF(let release):
            (
                "kernel-before-bpf", .bpf, "kernel \(release) is too old for the built-in engine",
                "it needs \(Doctor.oldestForBPF) or later"
            )
        case .noBPFSystemCall:
            (
                "no-bpf", .bpf, "no BPF",
                "the kernel has no bpf(2) (CONFIG_BPF_SYSCALL): kernel.unprivileged_bpf_disabled is not there"
            )
        case .noUprobeUnit(let recipes):
            (
                "no-uprobe-events", .bpf, "no perf events of user-space probes",
                "/sys/bus/event_source/devices/uprobe is not there: the kernel was built without "
                    + "CONFIG_UPROBE_EVENTS, or /sys is not mounted" + needed(by: recipes)
            )
        case .kernelReadsLocked:
            (
                "lockdown-bpf", .bpf, "BPF may not read kernel memory",
                "under lockdown 'confidentiality' the kernel refuses the programs that handle text or stacks"
            )
        case .noKernelTypes:
            (
                "no-btf", .bpf, "the kernel does not describe its types",
                "/sys/kernel/btf/vmlinux is not there: variables of tracepoints are read by the kernel's headers "
                    + "or debug info, and probes of programs lose nothing"
            )
        case .lockedMemory(let limit):
            (
                "locked-memory", .bpf, "little memory may be locked",
                "\(limit >> 10) KiB; kernels before 5.11 count BPF maps as locked memory, and a run's take "
                    + "\(mebibytes(Doctor.bpfMemory))"
            )
        case .bpfCapabilities: ("bpf-capabilities", .user, "CAP_BPF, CAP_PERFMON and CAP_SYS_PTRACE", "")
        case .noBPFCapabilities(let missing, let unprivileged, let container, _):
            (
                "no-bpf-capabilities", .user, "BPF programs may not be loaded from here",
                (container.map { "this is a '\($0)' container without " } ?? "this process lacks ")
                    + list(missing)
                    + (unprivileged == "0"
                        ? "; kernel.unprivileged_bpf_disabled is 0, which does not reach as far as probes"
                        : "")
            )
        case .mayNeedAdministrator(let release):
            (
                "may-need-sys-admin", .user, "probes may need CAP_SYS_ADMIN",
                "kernels before 6.6, such as \(release), place probes as perf events, for which their builds since "
                    + "the end of 2025 ask for it"
            )
        case .noPtraceCapability:
            (
                "no-ptrace-capability", .user, "other users' processes cannot be looked into",
                "without CAP_SYS_PTRACE their stacks and mapped files stay unknown; probes work"
            )
        case .processNamespace:
            (
                "process-namespace", .user, "processes have other ids here than in the kernel",
                "pid() gives the machine's ids, a target has one of this container's, and stacks and symbols of "
                    + "processes are not found"
            )
        case .narrowTarget(let path):
            (
                "32-bit-program", .target, "'\(path)' is a 32-bit program",
                "the built-in engine reads 64-bit programs alone"
            )
        case .unsupportedScript(let recipe, let reasons):
            (
                "unsupported-script", .recipe, "it cannot run the script of '\(recipe)'",
                reasons.prefix(1).joined() + (reasons.count > 1 ? " (and \(reasons.count - 1) more)" : "")
            )
        case .bpf(let release): ("bpf", .bpf, "BPF of kernel \(release)", "")
        default: ("bpf", .bpf, "", "")
        }
    }

    private static func build(_ kind: Finding.Kind) -> Words {
        switch kind {
        case .buildTree(let release): ("build-tree", .build, "build tree for \(release)", "")
        case .noBuildTree(let build, _):
            ("no-build-tree", .build, "no build tree for \(build.release)", absence(build))
        case .buildTreeIncomplete(let build, _):
            (
                "build-tree-incomplete", .build, "incomplete build tree for \(build.release)",
                "\(build.tree) lacks \(list(build.missingFiles))"
            )
        case .buildTreeOfOtherRelease(let build, _, let found):
            (
                "build-tree-mismatch", .build, "build tree of another kernel",
                "\(build.tree) is for '\(found)', not for '\(build.release)', and modules built in it "
                    + "would not load"
            )
        case .noCompiler(let wanted, _):
            (
                "no-compiler", .build, "no C compiler",
                "stap compiles scripts to kernel modules"
                    + (wanted.map { "; the kernel was built with '\($0)'" } ?? "")
            )
        case .otherCompiler(let wanted, let found, _):
            (
                "compiler-mismatch", .build, "another compiler than the kernel's",
                "the kernel was built with '\(wanted)', this is '\(found)': options may be refused, or the "
                    + "module may not load"
            )
        case .noMake: ("no-make", .build, "no 'make'", "stap builds modules with the kernel's makefiles")
        case .noKernelDebugInfo(let release, let recipes, _):
            (
                "no-kernel-debug-info", .build, "no debug info for kernel \(release)",
                "probes by 'kernel.function' need it" + needed(by: recipes)
            )
        case .compiler(let path, let version): ("compiler", .build, "compiler \(version ?? path)", "")
        default: ("build", .build, "", "")
        }
    }

    private static func stap(_ kind: Finding.Kind) -> Words {
        switch kind {
        case .noStap: ("no-stap", .stap, "SystemTap is not installed", "there is no 'stap' in PATH")
        case .stapVersionUnknown(let path):
            (
                "stap-version-unknown", .stap, "SystemTap's version is unknown",
                "'\(path) --version' printed none"
            )
        case .stapTooOld(let version, _):
            (
                "stap-too-old", .stap, "SystemTap \(version) is too old",
                "taprecipe works with \(StapVersion.oldestSupported) and later"
            )
        case .stapUntested(let version, let newest, let release):
            (
                "stap-untested", .stap, "SystemTap \(version) is older than the kernel",
                "it was tested up to kernel \(newest); for \(release) scripts may not compile"
            )
        case .noStaprun: ("no-staprun", .stap, "'staprun' is not installed", "it loads the compiled modules")
        case .staprunNotSetUserID(let path):
            (
                "staprun-mode", .stap, "'\(path)' is not set-user-id root",
                "without that only root can load modules with it"
            )
        case .runtimeFits(let release):
            ("runtime-fits", .stap, "SystemTap's runtime fits the headers of \(release)", "")
        case .runtimeCorrected(let troubles, let version, let release):
            (
                "runtime-corrected", .stap, "SystemTap's runtime needs a correction",
                "\(change(troubles, version, release)); taprecipe compiles with a corrected copy of the "
                    + "runtime"
            )
        case .runtimeBroken(let troubles, let version, let release):
            (
                "runtime-broken", .stap, "SystemTap does not compile for this kernel",
                change(troubles, version, release)
            )
        case .stap(let version): ("stap", .stap, "SystemTap \(version)", "")
        default: ("stap", .stap, "", "")
        }
    }

    private static func system(_ kind: Finding.Kind) -> Words {
        switch kind {
        case .root: ("root", .user, "root", "")
        case .stapGroups: ("stap-groups", .user, "member of stapdev and stapusr", "")
        case .notRoot(let missing):
            (
                "not-root", .user, "not root",
                "loading a module needs root, or the group\(missing.count == 1 ? "" : "s") "
                    + list(missing.map { "'\($0)'" }) + "; listing, checking and compiling do not"
            )
        case .noModuleCapability(let container):
            (
                "no-module-capability", .user, "modules may not be loaded from here",
                (container.map { "this is a '\($0)' container without" } ?? "this process lacks")
                    + " the capability CAP_SYS_MODULE, even as root"
            )
        case .userNamespace:
            (
                "user-namespace", .user, "root is only root of a user namespace",
                "the kernel takes modules and BPF programs only from the machine's own root"
            )
        case .container(let name):
            (
                "container", .user, "inside a '\(name)' container",
                "modules and BPF programs get into the host's kernel, and only this container's processes are visible"
            )
        case .lowSpace(let path, let available):
            (
                "low-space", .machine, "little space in \(path)",
                "\(mebibytes(available)) are free, a compile takes up to \(mebibytes(Doctor.neededSpace))"
            )
        case .lowMemory(let available):
            (
                "low-memory", .machine, "little memory",
                "\(mebibytes(available)) are available, a compile takes up to "
                    + mebibytes(Doctor.comfortableMemory)
            )
        case .lockHeld(let lock, let seconds):
            (
                "lock-held", .machine, "another run is active",
                (lock.pid.map { "process \($0)" } ?? "a process")
                    + (lock.recipe.map { " runs '\($0)'" } ?? " holds the lock of '\(lock.module)'")
                    + (seconds.map { " (for \(duration($0)))" } ?? "")
                    + "; the same script cannot be run twice at a time"
            )
        case .leftOverModule(let name):
            (
                "left-over-module", .machine, "left-over module '\(name)'",
                "a run that died left it loaded: no run holds its lock"
            )
        default: ("system", .machine, "", "")
        }
    }

    private static func use(_ kind: Finding.Kind) -> Words {
        switch kind {
        case .debugInfo(let path, let separate):
            ("debug-info", .target, "debug info for \(path)", separate.map { "in \($0)" } ?? "")
        case .noDebugInfo(let target, _):
            (
                "no-debug-info", .target, "no debug info for \(target.path)",
                "it has no DWARF and no separate debug file was found" + buildID(target.debugInfo)
            )
        case .debugInfoMismatch(let target, _, let separate, let expected, let found):
            (
                "debug-info-mismatch", .target, "debug info of another build for \(target.path)",
                "'\(separate)' has the build id \(found), the program \(expected)"
            )
        case .notELF(let path): ("not-elf", .target, "'\(path)' is not an ELF file", "")
        case .noSuchTarget(let path): ("no-such-file", .target, "'\(path)' does not exist", "")
        case .noSuchProcess(let pid): ("no-such-process", .target, "there is no process \(pid)", "")
        case .replacedTarget(let path, let pid):
            (
                "replaced-binary", .target, "process \(pid) runs a file that was replaced",
                "'\(path)' was deleted or upgraded after the process started, so probes on the new file "
                    + "would not hit it"
            )
        case .missingExecutable(let recipe, let parameter, let path):
            (
                "missing-executable", .recipe, "'\(path)' does not exist",
                "'\(recipe)' was given it as '--\(parameter)'"
            )
        case .guruNotAllowed(let recipe):
            (
                "guru", .recipe, "'\(recipe)' needs guru mode",
                "its script holds embedded C, which SystemTap does not check"
            )
        case .distrusted(let recipe, let reason, _):
            ("distrusted-recipe", .recipe, "'\(recipe)' is not trusted", reason)
        default: ("use", .recipe, "", "")
        }
    }

    // MARK: Parts of sentences

    private static func needed(by recipes: [String]) -> String {
        recipes.isEmpty ? "" : "; needed by \(list(recipes.map { "'\($0)'" }))"
    }

    private static func absence(_ build: BuildFacts) -> String {
        let place =
            if case .dangling(let target) = build.presence {
                "\(build.tree) leads to '\(target)', which does not exist"
            } else {
                "\(build.tree) does not exist"
            }
        guard !build.otherReleases.isEmpty else { return place }
        return place + "; there is one for " + list(build.otherReleases)
    }

    private static func change(_ troubles: [RuntimeFit.Trouble], _ version: String, _ release: String)
        -> String
    {
        "kernel \(release) changed \(list(troubles.map { "'\($0.rawValue)'" })), which the runtime of "
            + "SystemTap \(version) uses in the old form"
    }

    private static func buildID(_ status: DebugInfoStatus) -> String {
        if case .missing(let id?) = status { " for its build id \(id)" } else { "" }
    }

    static func list(_ words: [String]) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " and " + last
    }

    static func mebibytes(_ bytes: UInt64) -> String { "\(bytes >> 20) MiB" }

    static func duration(_ seconds: Int64) -> String {
        switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7200: "\(seconds / 60) min"
        default: "\(seconds / 3600) h"
        }
    }
}

extension Finding {
    /// A stable name for scripts, such as `no-build-tree`.
    public var id: String { FindingWords.words(for: kind).id }
    /// Where in the answer it stands.
    public var area: Area { FindingWords.words(for: kind).area }
    /// A few words.
    public var title: String { FindingWords.words(for: kind).title }
    /// A sentence on why it is so and why it matters; empty where the title says it.
    public var explanation: String { FindingWords.words(for: kind).explanation }
    /// What mends it, the first steps first; empty where nothing needs to or can be mended.
    public var mends: [Mend] { severity == .ok ? [] : FindingMends.mends(for: kind) }
}

/// A step that mends a finding.
public struct Mend: Sendable, Equatable {
    /// The command, or the instruction.
    public var text: String
    /// Whether the text is a command for a shell, to be copied as it is.
    public var isCommand: Bool
}
