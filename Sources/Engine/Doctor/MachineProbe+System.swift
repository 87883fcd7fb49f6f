extension MachineProbe {
    /// The user's identity and capabilities, from `/proc/self/status` (proc(5)).
    func userFacts() -> UserFacts {
        var user = UserFacts()
        var fields: [Substring: [Substring]] = [:]
        for line in (files.text("/proc/self/status").value ?? "").split(separator: "\n") {
            let words = line.split { $0 == "\t" || $0 == " " }
            if let name = words.first { fields[name] = Array(words.dropFirst()) }
        }
        // An unknown user is not taken for root.
        user.effectiveID = fields["Uid:"].flatMap { $0.count >= 2 ? UInt32($0[1]) : nil } ?? .max
        let names = groupNames()
        let groupIDs = (fields["Gid:"]?.dropFirst().prefix(1) ?? []) + (fields["Groups:"] ?? [])
        user.groups = Set(groupIDs).map { names[$0] ?? String($0) }.sorted()
        user.effectiveCapabilities = fields["CapEff:"]?.first.flatMap { UInt64($0, radix: 16) }
        user.boundingCapabilities = fields["CapBnd:"]?.first.flatMap { UInt64($0, radix: 16) }
        if let map = files.text("/proc/self/uid_map").value {
            let words = map.split { $0 == " " || $0 == "\n" }
            user.isInUserNamespace = !words.isEmpty && words != ["0", "0", "4294967295"]
        }
        return user
    }

    private func groupNames() -> [Substring: String] {
        var names: [Substring: String] = [:]
        for line in (files.text("/etc/group").value ?? "").split(separator: "\n") {
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            if fields.count >= 3 { names[fields[2]] = String(fields[0]) }
        }
        return names
    }

    /// The kind of container that this process is in, by the marks that the usual runtimes leave.
    func container() -> String? {
        if let name = files.text("/run/systemd/container").value, !name.isEmpty { return name }
        if files.exists("/run/.containerenv") { return "podman" }
        if files.exists("/.dockerenv") { return "docker" }
        let groups = files.text("/proc/self/cgroup").value ?? ""
        let marks = ["kubepods": "kubernetes", "libpod": "podman", "docker": "docker", "lxc": "lxc"]
        return marks.sorted { $0.key < $1.key }.first { groups.contains("/" + $0.key) }?.value
    }

    /// Room in the folders and in memory.
    func resourceFacts(_ folders: [String], spare: [String]) -> ResourceFacts {
        var resources = ResourceFacts()
        let all = folders.map { ($0, false) } + spare.map { ($0, true) }
        resources.folders = all.filter { $0.0.hasPrefix("/") }.compactMap { folder, isSpare in
            files.available(folder).value.map {
                ResourceFacts.Folder(path: folder, available: $0, isSpare: isSpare)
            }
        }
        resources.availableMemory = Files.availableMemory(in: files.text("/proc/meminfo").value ?? "")
        return resources
    }

    /// The loaded modules that taprecipe made.
    func ownModules() -> [LoadedModule] {
        (files.text("/proc/modules", limit: 4 << 20).value ?? "").split(separator: "\n").compactMap { line in
            guard line.hasPrefix("taprecipe_") else { return nil }
            let words = line.split(separator: " ")
            return LoadedModule(
                name: String(words[0]), useCount: words.count > 2 ? Int(words[2]) ?? 0 : 0)
        }
    }
}
