extension MachineProbe {
    /// The installed SystemTap, and how its runtime fits the headers of a release.
    func stapFacts(tree: String, release: String, question: DoctorQuestion) async -> StapFacts {
        var stap = StapFacts()
        stap.path = find("stap", in: question.searchPath)
        if let path = stap.path {
            let output = await commands.output(files.hostPath(path), ["--version"])
            stap.version = output.flatMap(StapVersion.init(output:))
        }
        // Not every user may execute staprun (4750 root:stapusr), but everybody can see it.
        stap.staprun = find("staprun", in: question.searchPath)
        if let path = stap.staprun { stap.staprunPermissions = files.status(path).map(\.permissions) }
        stap.runtime = runtimeFolder(stap.path, question)
        if !release.isEmpty, !release.contains("/") {
            stap.troubles = runtimeTexts(tree: tree, release: release, runtime: stap.runtime)
                .map(RuntimeFit.troubles(in:))
        }
        if let troubles = stap.troubles.value, !troubles.isEmpty, let version = stap.version {
            stap.patched = patched(version, troubles).intersection(troubles)
        }
        return stap
    }

    /// Where stap looks for its runtime: `SYSTEMTAP_RUNTIME`, else `share/systemtap/runtime` of its prefix.
    private func runtimeFolder(_ stap: String?, _ question: DoctorQuestion) -> String {
        if let runtime = question.runtime, runtime.hasPrefix("/") { return runtime }
        var folders = ["/usr/share/systemtap/runtime", "/usr/local/share/systemtap/runtime"]
        if let stap, stap.hasSuffix("/bin/stap") {
            folders.insert(stap.dropLast("/bin/stap".count) + "/share/systemtap/runtime", at: 0)
        }
        return folders.first { files.exists($0 + "/stp_task_work.c") } ?? folders[0]
    }

    /// The texts that decide whether the runtime fits; absent without headers or runtime.
    private func runtimeTexts(tree: String, release: String, runtime: String) -> Reading<RuntimeFit.Texts> {
        let trees = [tree, commonTree(tree), "/lib/modules/\(release)/source"].compactMap { $0 }
        var texts = RuntimeFit.Texts()
        for (field, paths) in [
            (\RuntimeFit.Texts.taskWorkHeader, trees.map { $0 + "/include/linux/task_work.h" }),
            (\.uprobesHeader, trees.map { $0 + "/include/linux/uprobes.h" }),
            (\.runtimeTaskWork, [runtime + "/stp_task_work.c"]),
            (\.runtimeUprobes, [runtime + "/linux/uprobes-inode.c"]),
        ] as [(WritableKeyPath<RuntimeFit.Texts, String> & Sendable, [String])] {
            let readings = paths.map { files.text($0) }
            if let text = readings.lazy.compactMap(\.value).first {
                texts[keyPath: field] = text
            } else if let hidden = readings.first(where: \.isUnreadable) {
                return hidden.map { _ in texts }
            }
        }
        guard !texts.taskWorkHeader.isEmpty, !texts.runtimeTaskWork.isEmpty else { return .absent }
        return .known(texts)
    }

    /// The tree that a build tree's Makefile includes: Debian keeps the headers in a `-common` tree beside it.
    private func commonTree(_ tree: String) -> String? {
        guard let makefile = files.text(tree + "/Makefile").value else { return nil }
        for line in makefile.split(separator: "\n").prefix(20) {
            let words = line.split(separator: " ")
            if words.count == 2, words[0] == "include", words[1].hasPrefix("/"),
                words[1].hasSuffix("/Makefile")
            {
                return String(words[1].dropLast("/Makefile".count))
            }
        }
        return nil
    }
}
