import Glibc

/// Reads a ``MachineFacts`` from a machine, without root, without changing anything and without hanging.
public struct MachineProbe: Sendable {
    var files: any FileTree
    var commands: CommandRunner
    var now: @Sendable () -> Int64
    var debugInfo: @Sendable (String) async -> DebugInfoStatus
    var locks: @Sendable () -> Reading<[HeldLock]>
    var patched: @Sendable (StapVersion, Set<RuntimeFit.Trouble>) -> Set<RuntimeFit.Trouble>

    /// Creates a probe.
    ///
    /// - Parameters:
    ///   - files: the machine's files.
    ///   - commands: how `stap`, the compiler and `gzip` are started.
    ///   - now: seconds since the epoch.
    ///   - debugInfo: where a binary's DWARF is.
    ///   - locks: the runs that hold a lock.
    ///   - patched: which troubles of a version's runtime taprecipe's corrected copy mends.
    public init(
        files: any FileTree = RootedFileTree(), commands: CommandRunner = .processes(),
        now: @escaping @Sendable () -> Int64,
        debugInfo: @escaping @Sendable (String) async -> DebugInfoStatus = { _ in .unknown },
        locks: @escaping @Sendable () -> Reading<[HeldLock]> = { .absent },
        patched: @escaping @Sendable (StapVersion, Set<RuntimeFit.Trouble>) -> Set<RuntimeFit.Trouble>
    ) {
        self.files = files
        self.commands = commands
        self.now = now
        self.debugInfo = debugInfo
        self.locks = locks
        self.patched = patched
    }

    /// The facts that answer a question.
    public func facts(for question: DoctorQuestion) async -> MachineFacts {
        let kernel = await kernelFacts()
        let release = question.kernelRelease ?? kernel.release
        let build = await buildFacts(release: release, question: question)
        let distribution =
            [files.text("/etc/os-release"), files.text("/usr/lib/os-release")].lazy.compactMap(\.value).first
            .map(Distribution.init(osRelease:)) ?? Distribution()
        return MachineFacts(
            kernel: kernel, bpf: bpfFacts(), build: build,
            stap: await stapFacts(tree: build.tree, release: release, question: question),
            user: userFacts(), container: container(), distribution: distribution,
            resources: resourceFacts(question.folders, spare: question.spareFolders), locks: locks(),
            modules: ownModules(),
            targets: await targetFacts(question, family: distribution.family), recipes: question.recipes,
            now: now())
    }

    // MARK: The kernel

    func kernelFacts() async -> KernelFacts {
        var kernel = KernelFacts()
        kernel.release = kernelRelease()
        kernel.config = await kernelConfig(kernel.release)
        kernel.hasModuleList = files.status("/proc/modules") != .absent
        kernel.modulesDisabled = files.text("/proc/sys/kernel/modules_disabled").map { $0 == "1" }
        kernel.kprobes = support("KPROBES", symbols: ["register_kprobe"], config: kernel.config)
        kernel.uprobes = support(
            "UPROBES", symbols: ["uprobe_register", "register_uprobe"], config: kernel.config)
        kernel.lockdown = lockdown()
        kernel.secureBoot = files.read(Self.secureBootVariable, limit: 16).map { $0.last == 1 }
        kernel.signatureEnforced = files.text("/sys/module/module/parameters/sig_enforce").map {
            $0 == "Y" || $0 == "1"
        }
        if kernel.signatureEnforced == .absent, let config = kernel.config.value {
            kernel.signatureEnforced = .known(config.isOn("MODULE_SIG_FORCE"))
        }
        kernel.mounted = files.text("/proc/self/mounts").map { text in
            Set(
                text.split(separator: "\n").compactMap { line in
                    line.split(separator: " ").dropFirst(2).first.map(String.init)
                })
        }
        return kernel
    }

    func kernelRelease() -> String { files.text("/proc/sys/kernel/osrelease").value ?? "unknown" }

    /// The lockdown mode: the one in brackets.
    func lockdown() -> Reading<String> {
        files.text("/sys/kernel/security/lockdown").map { modes in
            modes.split(separator: " ").first { $0.hasPrefix("[") }
                .map { String($0.dropFirst().dropLast()) } ?? modes
        }
    }

    /// The EFI variable `SecureBoot` of the global namespace (UEFI specification, 3.3): attributes, then a byte.
    private static let secureBootVariable =
        "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

    /// The configuration of a release; the running kernel's own word, where it gives it, comes first.
    private func kernelConfig(_ release: String) async -> Reading<KernelConfig> {
        var hidden: Int32?
        if files.exists("/proc/config.gz"), let gzip = find("gzip", in: Self.systemPath),
            let text = await commands.output(
                files.hostPath(gzip), ["-cd", files.hostPath("/proc/config.gz")]),
            let config = KernelConfig(path: "/proc/config.gz", bytes: text.utf8)
        {
            return .known(config)
        }
        for path in [
            "/boot/config-\(release)", "/lib/modules/\(release)/config",
            "/lib/modules/\(release)/build/.config",
        ] {
            switch files.read(path, limit: 4 << 20) {
            case .known(let bytes):
                if let config = KernelConfig(path: path, bytes: bytes) { return .known(config) }
            case .unreadable(let code): hidden = hidden ?? code
            case .absent: break
            }
        }
        return hidden.map { .unreadable($0) } ?? .absent
    }

    static let systemPath = ["/usr/bin", "/bin"]

    /// Whether the kernel has a feature: its configuration says so, or else the names of its symbols, which
    /// everybody may read even where the addresses are hidden.
    private func support(_ option: String, symbols: [String], config: Reading<KernelConfig>) -> Reading<Bool>
    {
        if let config = config.value { return .known(config.isOn(option)) }
        return files.read("/proc/kallsyms", limit: 128 << 20).map { bytes in
            symbols.contains { bytes.contains(text: " \($0)\n") }
        }
    }

    // MARK: Looking things up

    /// The first executable file of a name in some folders.
    func find(_ name: String, in folders: [String]) -> String? {
        for folder in folders where folder.hasPrefix("/") {
            let path = folder + "/" + name
            if let status = files.status(path).value, !status.isDirectory, status.permissions & 0o111 != 0 {
                return path
            }
        }
        return nil
    }
}

extension [UInt8] {
    /// Whether a text occurs in the bytes.
    func contains(text: String) -> Bool {
        let wanted = Array(text.utf8)
        guard let first = wanted.first else { return true }
        return withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return false }
            var offset = 0
            while bytes.count - offset >= wanted.count,
                let found = memchr(start + offset, Int32(first), bytes.count - offset - wanted.count + 1)
            {
                if memcmp(found, wanted, wanted.count) == 0 { return true }
                offset = UnsafeRawPointer(found) - start + 1
            }
            return false
        }
    }
}
