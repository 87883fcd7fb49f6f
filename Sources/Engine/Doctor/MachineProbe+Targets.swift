extension MachineProbe {
    /// The programs to be probed: those named, those of the recipes, the process's.
    func targetFacts(_ question: DoctorQuestion, family: Distribution.Family) async -> [TargetFacts] {
        var targets: [TargetFacts] = []
        var seen: Set<String> = []
        let named = question.executables + question.recipes.flatMap { $0.executables.map(\.path) }
        for path in named where seen.insert(path).inserted {
            targets.append(await target(path, family: family))
        }
        guard let pid = question.pid else { return targets }
        switch files.link("/proc/\(pid)/exe") {
        case .known(let link):
            let deleted = " (deleted)"
            let isReplaced = link.hasSuffix(deleted)
            let path = isReplaced ? String(link.dropLast(deleted.count)) : link
            if let index = targets.firstIndex(where: { $0.path == path }) {
                targets[index].pid = pid
                targets[index].isReplaced = isReplaced
            } else {
                var facts = await target(path, family: family)
                facts.pid = pid
                facts.isReplaced = isReplaced
                targets.append(facts)
            }
        case .absent:
            targets.append(TargetFacts(path: "/proc/\(pid)/exe", debugInfo: .noSuchFile, pid: pid))
        case .unreadable:
            targets.append(
                TargetFacts(path: "/proc/\(pid)/exe", debugInfo: .unreadable, pid: pid, isHidden: true))
        }
        return targets
    }

    private func target(_ path: String, family: Distribution.Family) async -> TargetFacts {
        var facts = TargetFacts(path: path, debugInfo: .unknown)
        switch files.status(path) {
        case .absent: facts.debugInfo = .noSuchFile
        case .unreadable: facts.debugInfo = .unreadable
        case .known(let status) where status.isDirectory: facts.debugInfo = .notELF
        case .known:
            facts.debugInfo = await debugInfo(files.hostPath(path))
            facts.isNarrow = LoadSegments.isNarrow(
                files.read(path, limit: LoadSegments.identitySize).value ?? [])
        }
        switch facts.debugInfo {
        case .missing, .mismatch:
            facts.package = owner(of: path)
            facts.hasDebugArchive = hasDebugArchive(family)
        default: break
        }
        return facts
    }

    /// The package that a file is from, by dpkg's own lists (what `dpkg -S` reads); nil where none has it.
    ///
    /// On systems with merged `/usr` a list may name the file with or without it.
    private func owner(of path: String) -> String? {
        let folder = "/var/lib/dpkg/info"
        let other = path.hasPrefix("/usr/") ? String(path.dropFirst("/usr".count)) : "/usr" + path
        for name in files.list(folder).value ?? [] where name.hasSuffix(".list") {
            guard let bytes = files.read(folder + "/" + name, limit: 16 << 20).value else { continue }
            guard bytes.contains(text: "\n\(path)\n") || bytes.contains(text: "\n\(other)\n") else {
                continue
            }
            return name.dropLast(".list".count).split(separator: ":").first.map(String.init)
        }
        return nil
    }

    private func hasDebugArchive(_ family: Distribution.Family) -> Bool {
        let folder = "/etc/apt/sources.list.d"
        let paths =
            ["/etc/apt/sources.list"] + (files.list(folder).value ?? []).map { folder + "/" + $0 }
        let mark = family == .ubuntu ? "ddebs" : "-debug"
        return paths.contains { path in
            (files.text(path).value ?? "").split(separator: "\n").contains { line in
                !line.hasPrefix("#") && line.contains(mark)
            }
        }
    }
}
