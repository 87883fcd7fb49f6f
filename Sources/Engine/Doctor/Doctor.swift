/// Turns the facts of a machine into findings; pure functions.
public enum Doctor {
    /// What the facts mean for every engine.
    public static func examine(_ facts: MachineFacts) -> DoctorReport {
        DoctorReport(
            release: facts.kernel.release, compileRelease: facts.build.release,
            otherReleases: facts.build.otherReleases, system: facts.distribution.name,
            isRoot: facts.user.isRoot,
            findings: kernel(facts) + bpf(facts) + build(facts) + stap(facts) + user(facts) + machine(facts)
                + facts.targets.flatMap { target($0, facts) }
                + facts.recipes.flatMap { recipe($0, facts) })
    }

    /// The least space that a compile needs in each folder: a module's sources and objects take some 15 MiB.
    static let neededSpace: UInt64 = 32 << 20
    /// The space below which a second compile may fail.
    static let comfortableSpace: UInt64 = 256 << 20
    /// What the compiler takes at its peak for a script with big tapsets.
    static let comfortableMemory: UInt64 = 1 << 30

    // MARK: The kernel

    static func kernel(_ facts: MachineFacts) -> [Finding] {
        let kernel = facts.kernel
        var findings: [Finding] = []
        if kernel.config.value.map({ !$0.isOn("MODULES") }) ?? false || !kernel.hasModuleList {
            let config = kernel.config.value.flatMap { $0.isOn("MODULES") ? nil : $0.path }
            findings.append(
                Finding(
                    .noModuleSupport(release: kernel.release, config: config), .blocking, stops: .load))
        } else if kernel.modulesDisabled == .known(true) {
            findings.append(Finding(.moduleLoadingDisabled, .blocking, stops: .load))
        } else {
            findings.append(Finding(.moduleSupport, .ok))
            if kernel.modulesDisabled.isUnreadable {
                findings.append(
                    Finding(.hidden(what: "/proc/sys/kernel/modules_disabled", area: .kernel), .warning))
            }
            findings += signatures(kernel)
        }
        findings += probes(facts)
        if let mounted = kernel.mounted.value, !mounted.contains("debugfs") {
            findings.append(Finding(.debugfsNotMounted, .warning))
        }
        return findings
    }

    private static func signatures(_ kernel: KernelFacts) -> [Finding] {
        if case .known(let mode) = kernel.lockdown, mode != "none" {
            return [Finding(.lockdown(mode: mode), .blocking, stops: .load)]
        }
        if kernel.signatureEnforced == .known(true) {
            return [Finding(.signatureEnforced, .blocking, stops: .load)]
        }
        var findings: [Finding] = []
        if kernel.lockdown.isUnreadable {
            findings.append(
                Finding(.lockdownHidden(isAbsent: false, isSecureBoot: kernel.secureBoot.value), .warning))
        } else if kernel.lockdown == .absent, kernel.secureBoot == .known(true) {
            findings.append(Finding(.lockdownHidden(isAbsent: true, isSecureBoot: true), .warning))
        }
        if kernel.signatureEnforced.isUnreadable {
            findings.append(
                Finding(.hidden(what: "/sys/module/module/parameters/sig_enforce", area: .kernel), .warning))
        }
        return findings
    }

    /// Kernel and user-space probe support; only a recipe that needs one is stopped by its lack.
    private static func probes(_ facts: MachineFacts) -> [Finding] {
        let recipes = facts.recipes
        var findings: [Finding] = []
        switch facts.kernel.uprobes {
        case .known(true): findings.append(Finding(.uprobes, .ok, engines: [.bpf, .stap]))
        case .known(false):
            let users = recipes.filter(\.probesPrograms).map(\.name)
            let isWanted = recipes.isEmpty || !users.isEmpty
            findings.append(
                Finding(
                    .noUprobes(recipes: users), isWanted ? .blocking : .warning, stops: .load,
                    engines: [.bpf, .stap]))
        case .unreadable:
            findings.append(
                Finding(.hidden(what: "whether the kernel has uprobes", area: .kernel), .warning))
        case .absent:
            findings.append(Finding(.unknown(what: "whether the kernel has uprobes"), .warning))
        }
        switch facts.kernel.kprobes {
        case .known(true): findings.append(Finding(.kprobes, .ok))
        case .known(false):
            let users = recipes.filter(\.probesKernel).map(\.name)
            findings.append(
                Finding(.noKprobes(recipes: users), users.isEmpty ? .warning : .blocking, stops: .load))
        case .unreadable:
            findings.append(
                Finding(.hidden(what: "whether the kernel has kprobes", area: .kernel), .warning))
        case .absent:
            findings.append(Finding(.unknown(what: "whether the kernel has kprobes"), .warning))
        }
        return findings
    }
}
