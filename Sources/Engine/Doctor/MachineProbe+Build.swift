extension MachineProbe {
    /// What a compile for a release needs.
    func buildFacts(release: String, question: DoctorQuestion) async -> BuildFacts {
        var build = BuildFacts()
        build.release = release
        build.tree = "/lib/modules/\(release)/build"
        build.hasMake = find("make", in: question.searchPath) != nil
        build.otherReleases = (files.list("/lib/modules").value ?? []).filter { name in
            name != release && files.exists("/lib/modules/\(name)/build/.config")
        }
        // A release with a slash would lead the paths below out of their folders.
        guard !release.isEmpty, !release.contains("/") else { return build }
        build.isKernelInstalled = ["/boot/vmlinuz-\(release)", "/lib/modules/\(release)"].contains(
            where: files.exists)
        build.kernelDebugInfo = [
            "/usr/lib/debug/boot/vmlinux-\(release)", "/usr/lib/debug/lib/modules/\(release)/vmlinux",
            "/usr/lib/debug/boot/vmlinux-\(release).debug", "/lib/modules/\(release)/build/vmlinux",
            "/boot/vmlinux-\(release)",
        ].first(where: files.exists)
        switch files.status(build.tree) {
        case .known: build.presence = .present
        case .unreadable: build.presence = .unreadable
        case .absent:
            build.presence = files.link(build.tree).value.map { .dangling($0) } ?? .missing
        }
        if build.presence == .present {
            build.missingFiles = ["Makefile", ".config", "Module.symvers"].filter {
                files.status(build.tree + "/" + $0) == .absent
            }
            build.treeRelease = utsRelease(build.tree)
        }
        let config = [build.tree + "/.config", "/boot/config-\(release)"].lazy.compactMap { path in
            files.read(path, limit: 4 << 20).value.flatMap { KernelConfig(path: path, bytes: $0) }
        }.first
        build.wantedCompiler = config?.compiler
        build.compiler = await compiler(wanted: config?.compiler, in: question.searchPath)
        return build
    }

    /// The release that `include/generated/utsrelease.h` defines.
    private func utsRelease(_ tree: String) -> Reading<String> {
        switch files.text(tree + "/include/generated/utsrelease.h") {
        case .known(let text):
            let parts = text.split(separator: "\"", omittingEmptySubsequences: false)
            guard text.contains("UTS_RELEASE"), parts.count >= 3 else { return .absent }
            return .known(String(parts[1]))
        case .absent: return .absent
        case .unreadable(let code): return .unreadable(code)
        }
    }

    /// The compiler that kbuild will take: the one named in the configuration (Debian's trees insist on it,
    /// as `gcc-12`), or else `gcc`.
    private func compiler(wanted: String?, in searchPath: [String]) async -> BuildFacts.Compiler? {
        let named = wanted?.split(separator: " ").first.map(String.init)
        let isClang = named?.contains("clang") ?? false
        for name in [named, isClang ? "clang" : "gcc", "cc"].compactMap({ $0 }) where !name.contains("/") {
            guard let path = find(name, in: searchPath) else { continue }
            let output = await commands.output(files.hostPath(path), ["--version"])
            return BuildFacts.Compiler(
                path: path, version: output?.split(separator: "\n").first.map(String.init))
        }
        return nil
    }
}

extension BuildFacts {
    /// The name and major version of a compiler by the first line of its `--version`, such as `gcc` and 12.
    static func compilerSeries(_ line: String) -> (name: String, major: Int)? {
        let words = line.split(separator: " ")
        guard let first = words.first else { return nil }
        // `gcc-12 (Debian 12.2.0-14) 12.2.0`, `Debian clang version 14.0.6`, `gcc (GCC) 13.2.1 20231205`
        let name = line.contains("clang") ? "clang" : first.contains("gcc") ? "gcc" : String(first)
        var depth = 0
        for word in words {
            depth += word.hasPrefix("(") ? 1 : 0
            defer { depth -= word.hasSuffix(")") ? 1 : 0 }
            guard depth == 0, word.first?.isNumber == true, word.contains(".") else { continue }
            return StapVersion.components(String(word)).first.map { (name, $0) }
        }
        return nil
    }
}
