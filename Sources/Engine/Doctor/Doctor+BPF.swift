extension Doctor {
    /// The oldest kernel with all that the built-in engine's programs cannot do without: reads of user memory while
    /// probing (5.5), ring buffers (5.8), capabilities of their own (5.8), and what libbpf's loader expects.
    static let oldestForBPF = KernelVersion(5, 10)
    /// What the maps of a plain run take: the ring buffer of 8 MiB, and the rest.
    static let bpfMemory: UInt64 = 16 << 20

    /// What the built-in engine needs: of the kernel, and of the user's rights.
    static func bpf(_ facts: MachineFacts) -> [Finding] {
        bpf(BPFGround(facts), recipes: facts.recipes)
    }

    /// The same of the few facts that are needed for it.
    static func bpf(_ ground: BPFGround, recipes: [RecipeFacts] = []) -> [Finding] {
        kernel(of: ground, recipes) + rights(in: ground, hasTarget: recipes.contains(where: \.hasTarget))
    }

    /// What stops the built-in engine on every script, or on every one that is about one process.
    static func bpfBlockers(_ ground: BPFGround, hasTarget: Bool) -> [Finding] {
        (kernel(of: ground, []) + rights(in: ground, hasTarget: hasTarget)).filter {
            $0.severity == .blocking
        }
            + (ground.user.isInUserNamespace ? [userNamespace] : [])
    }

    private static func kernel(of ground: BPFGround, _ recipes: [RecipeFacts]) -> [Finding] {
        func stopping(_ kind: Finding.Kind) -> Finding {
            Finding(kind, .blocking, stops: .load, engines: [.bpf])
        }
        let bpf = ground.bpf
        var findings: [Finding] = []
        if let version = KernelVersion(ground.release), version < oldestForBPF {
            findings.append(stopping(.kernelBeforeBPF(release: ground.release)))
        }
        if bpf.hasSystemCall == .absent { findings.append(stopping(.noBPFSystemCall)) }
        if bpf.hasUprobeUnit == .absent {
            let users = recipes.filter(\.probesPrograms).map(\.name)
            let isWanted = recipes.isEmpty || !users.isEmpty
            findings.append(
                Finding(
                    .noUprobeUnit(recipes: users), isWanted ? .blocking : .warning, stops: .load,
                    engines: [.bpf]))
        }
        if ground.lockdown == .known("confidentiality") { findings.append(stopping(.kernelReadsLocked)) }
        // Memory is a control group's since 5.11; CAP_SYS_RESOURCE raises the limit, as libbpf tries.
        if let version = KernelVersion(ground.release), version < KernelVersion(5, 11),
            let limit = bpf.lockedMemoryLimit, limit < bpfMemory,
            !ground.user.has(.systemResource)
        {
            findings.append(stopping(.lockedMemory(limit: limit)))
        }
        if findings.isEmpty {
            findings.append(Finding(.bpf(release: ground.release), .ok, engines: [.bpf]))
            if !bpf.hasKernelTypes { findings.append(Finding(.noKernelTypes, .warning, engines: [.bpf])) }
        }
        return findings
    }

    private static func rights(in ground: BPFGround, hasTarget: Bool) -> [Finding] {
        let user = ground.user
        // A user namespace's capabilities are none to bpf(2); its own finding says so.
        guard !user.isInUserNamespace else { return [] }
        var findings: [Finding] = []
        let missing = Capabilities.loading.filter { !user.has($0) && !user.has(.systemAdministrator) }
        if missing.isEmpty {
            if let version = KernelVersion(ground.release), version < KernelVersion(6, 6),
                !user.has(.systemAdministrator)
            {
                findings.append(
                    Finding(.mayNeedAdministrator(release: ground.release), .warning, engines: [.bpf]))
            }
            if user.has(.ptrace) {
                if !user.isRoot { findings.append(Finding(.bpfCapabilities, .ok, engines: [.bpf])) }
            } else {
                findings.append(
                    Finding(.noPtraceCapability(container: ground.container), .warning, engines: [.bpf]))
            }
        } else {
            let isBeyondRoot = user.isRoot || missing.contains { !user.mayHave($0) }
            findings.append(
                Finding(
                    .noBPFCapabilities(
                        missing: missing.map(\.name), unprivileged: ground.bpf.unprivileged,
                        container: ground.container, isBeyondRoot: isBeyondRoot), .blocking, stops: .load,
                    engines: [.bpf]))
        }
        if ground.bpf.isInProcessNamespace {
            // The kernel would compare the target's id here with what it calls other processes.
            findings.append(
                hasTarget
                    ? Finding(.processNamespace, .blocking, stops: .load, engines: [.bpf])
                    : Finding(.processNamespace, .warning, engines: [.bpf]))
        }
        return findings
    }
}

/// The few facts of a machine that decide whether the built-in engine works on it; read in a millisecond.
struct BPFGround: Sendable, Equatable {
    /// The kernel's release.
    var release: String
    /// Its lockdown mode.
    var lockdown: Reading<String>
    /// What it has.
    var bpf: BPFFacts
    /// Who asks.
    var user: UserFacts
    /// The container that this process is in.
    var container: String?

    /// Takes them from all facts.
    init(_ facts: MachineFacts) {
        release = facts.kernel.release
        lockdown = facts.kernel.lockdown
        bpf = facts.bpf
        user = facts.user
        container = facts.container
    }

    /// Reads them.
    init(_ probe: MachineProbe) {
        release = probe.kernelRelease()
        lockdown = probe.lockdown()
        bpf = probe.bpfFacts()
        user = probe.userFacts()
        container = probe.container()
    }
}
