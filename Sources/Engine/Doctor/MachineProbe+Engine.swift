extension MachineProbe {
    /// A probe that knows what the stap engine does on this machine: its locks and its corrected runtime.
    ///
    /// - Parameters:
    ///   - directories: where the engine keeps its locks.
    ///   - now: seconds since the epoch.
    ///   - debugInfo: where a binary's DWARF is.
    public init(
        directories: EngineDirectories, now: @escaping @Sendable () -> Int64,
        debugInfo: @escaping @Sendable (String) async -> DebugInfoStatus = { _ in .unknown }
    ) {
        let files = RootedFileTree()
        self.init(
            files: files, now: now, debugInfo: debugInfo,
            locks: { HeldLock.all(in: directories.runtime, files: files) },
            // The corrected runtime knows the renamed function, in any version that uses the old name.
            patched: { _, troubles in troubles.intersection([.taskWorkCancel]) })
    }
}

extension HeldLock {
    /// The locks in a directory that are held now; root's are hidden from others.
    static func all(in directory: String, files: any FileTree) -> Reading<[HeldLock]> {
        files.list(directory).map { _ in
            RunLock.holders(in: directory).map { holder in
                HeldLock(
                    module: holder.module, pid: holder.processID,
                    since: files.status(holder.path).value?.modified,
                    recipe: holder.processID.flatMap { recipe(of: $0, files: files) })
            }
        }
    }

    /// The recipe that a `taprecipe run RECIPE …` was started with, from its command line.
    static func recipe(of pid: Int32, files: any FileTree) -> String? {
        let line = files.read("/proc/\(pid)/cmdline", limit: 1 << 16).value ?? []
        let words = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        guard words.count >= 3, words[1] == "run", words[2].first?.isLetter == true else { return nil }
        return words[2]
    }
}
