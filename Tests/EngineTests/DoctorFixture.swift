import Engine
import Foundation
import Testing

/// A machine made of files: a healthy Debian with a case's own files over it.
struct DoctorFixture {
    /// The case's folder in `Tests/Fixtures/Doctor`.
    var name: String
    /// Paths to take away from the healthy machine.
    var without: [String] = []
    /// Modes to set, by path.
    var modes: [String: Int] = [:]
    /// Paths that this user may not look at.
    var hidden: [String] = []
    /// What is found about the DWARF of each path below the root.
    var debugInfo: DebugInfoStatus = .embedded
    var locks: Reading<[HeldLock]> = .known([])
    var patched: Set<RuntimeFit.Trouble> = [.taskWorkCancel]
    var free: UInt64 = 10 << 30
    var question = DoctorQuestion()

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/Doctor")

    /// The facts that the probe reads from the machine.
    func facts() async throws -> MachineFacts {
        let manager = FileManager.default
        let root = manager.temporaryDirectory.appending(path: "doctor-\(UUID().uuidString)")
        defer { try? manager.removeItem(at: root) }
        try manager.copyItem(at: Self.folder.appending(path: "healthy/root"), to: root)
        let overlay = Self.folder.appending(path: "\(name)/root")
        if name != "healthy", let paths = manager.enumerator(atPath: overlay.path) {
            for case let path as String in paths {
                let source = overlay.appending(path: path)
                let target = root.appending(path: path)
                let type = try manager.attributesOfItem(atPath: source.path)[.type] as? FileAttributeType
                if type == .typeDirectory {
                    try manager.createDirectory(at: target, withIntermediateDirectories: true)
                } else {
                    try? manager.removeItem(at: target)
                    try manager.copyItem(at: source, to: target)
                }
            }
        }
        for path in without { try manager.removeItem(at: root.appending(path: path)) }
        for program in try manager.contentsOfDirectory(atPath: root.appending(path: "usr/bin").path) {
            let mode = modes["/usr/bin/\(program)"] ?? (program == "staprun" ? 0o4755 : 0o755)
            #expect(chmod(root.appending(path: "usr/bin/\(program)").path, mode_t(mode)) == 0)
        }
        let outputs = root.appending(path: "commands")
        let probe = MachineProbe(
            files: HidingFileTree(tree: RootedFileTree(root: root.path), hidden: hidden, free: free),
            commands: CommandRunner { executable, _ in
                let name = URL(filePath: executable).lastPathComponent
                return try? String(contentsOf: outputs.appending(path: name), encoding: .utf8)
            },
            now: { 1_700_000_000 }, debugInfo: { [debugInfo] _ in debugInfo }, locks: { [locks] in locks },
            patched: { [patched] _, _ in patched })
        return await probe.facts(for: question)
    }
}

/// A file tree in which some paths answer as they do to a user without the right to look.
struct HidingFileTree: FileTree {
    var tree: RootedFileTree
    var hidden: [String]
    var free: UInt64

    private func isHidden(_ path: String) -> Bool {
        hidden.contains { path == $0 || $0 == "/" || path.hasPrefix($0 + "/") }
    }
    func read(_ path: String, limit: Int) -> Reading<[UInt8]> {
        isHidden(path) ? .unreadable(EACCES) : tree.read(path, limit: limit)
    }
    func list(_ path: String) -> Reading<[String]> {
        isHidden(path) ? .unreadable(EACCES) : tree.list(path)
    }
    func status(_ path: String) -> Reading<FileStatus> {
        isHidden(path) ? .unreadable(EACCES) : tree.status(path)
    }
    func link(_ path: String) -> Reading<String> {
        isHidden(path) ? .unreadable(EACCES) : tree.link(path)
    }
    func available(_ path: String) -> Reading<UInt64> { .known(free) }
    func hostPath(_ path: String) -> String { tree.hostPath(path) }
}
