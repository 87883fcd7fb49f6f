/// A control group's processes, as cgroups(7) shows them in its folder.
public struct ControlGroup: Sendable, Equatable, Codable {
    /// The group's folder.
    public let path: String

    /// Creates one; whether it is there shows when it is asked.
    public init(path: String) { self.path = path }

    /// The ids of its processes and of those of the groups below; none where it is gone.
    public var processes: Set<Int32> { processes(depth: Self.mostDepth) }

    /// The oldest of its processes whose parent is none of them.
    public var leader: Int32? {
        let members = processes.compactMap { ProcessStatus($0) }
        let ids = Set(members.map(\.id))
        return members.filter { !ids.contains($0.parent) }.min { ($0.start, $0.id) < ($1.start, $1.id) }?.id
    }

    /// The groups below a folder whose own name is meant, each before those below it.
    public static func groups(below folder: String, where isMeant: (String) -> Bool) -> [ControlGroup] {
        groups(below: folder, depth: mostDepth, where: isMeant)
    }

    private static let mostDepth = 16

    private static func groups(below folder: String, depth: Int, where isMeant: (String) -> Bool)
        -> [ControlGroup]
    {
        guard depth > 0 else { return [] }
        return subfolders(of: folder).flatMap { path in
            let name = String(path.split(separator: "/").last ?? "")
            let below = groups(below: path, depth: depth - 1, where: isMeant)
            return isMeant(name) ? [ControlGroup(path: path)] + below : below
        }
    }

    private func processes(depth: Int) -> Set<Int32> {
        let text = (try? Files.read(path + "/cgroup.procs", limit: 1 << 22)) ?? []
        let ids = text.split(separator: UInt8(ascii: "\n")).compactMap {
            Int32(String(decoding: $0, as: UTF8.self))
        }
        // Version 2 shows processes of namespaces above ours as 0.
        var found = Set(ids.filter { $0 > 0 })
        guard depth > 0 else { return found }
        for folder in Self.subfolders(of: path) {
            found.formUnion(ControlGroup(path: folder).processes(depth: depth - 1))
        }
        return found
    }

    private static func subfolders(of folder: String) -> [String] {
        Files.list(folder).map { "\(folder)/\($0)" }.filter(Files.isDirectory)
    }
}
