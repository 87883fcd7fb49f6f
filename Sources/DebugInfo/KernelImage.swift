/// Finds the kernel's own file with debug information, `vmlinux`.
public enum KernelImage {
    /// The files that may be it, in the order of preference (as libdwfl's `dwfl_linux_kernel_report_offline`).
    public static func candidates(
        release: String, debugRoots: [String], modulesFolder: String, bootFolder: String
    ) -> [String] {
        debugRoots.flatMap { ["\($0)/boot/vmlinux-\(release)", "\($0)/lib/modules/\(release)/vmlinux"] }
            + ["\(bootFolder)/vmlinux-\(release)"]
            + ["vmlinux", "build/vmlinux"].map { "\(modulesFolder)/\(release)/\($0)" }
    }

    /// The build id in the running kernel's notes (`/sys/kernel/notes`).
    public static func buildID(inNotes path: String) -> BuildID? {
        guard let bytes = SmallFile.read(path, limit: 1 << 20) else { return nil }
        func word(_ at: Int) -> Int {
            (0..<4).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
        }
        var offset = 0
        while offset + 12 <= bytes.count {
            let (nameSize, size, type) = (word(offset), word(offset + 4), word(offset + 8))
            let name = offset + 12
            let content = name + (nameSize + 3) & ~3
            guard nameSize <= bytes.count, size <= bytes.count, content + size <= bytes.count else {
                return nil
            }
            // NT_GNU_BUILD_ID
            if type == 3, bytes[name..<(name + nameSize)].elementsEqual("GNU\0".utf8) {
                return BuildID(Array(bytes[content..<(content + size)]))
            }
            offset = content + (size + 3) & ~3
        }
        return nil
    }

    /// The debug file of a build below a debug folder.
    public static func debugFile(of buildID: BuildID, below root: String) -> String? {
        buildID.debugFileName.map { "\(root)/\($0)" }
    }

    /// Whether a regular file is at a path.
    public static func exists(_ path: String) -> Bool { SmallFile.exists(path) }
}
