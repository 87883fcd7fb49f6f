import Engine
import Glibc

/// The processes of a service or container, by their control group.
struct TargetGroup: Equatable, Codable {
    /// What the user named it by, such as `unit 'nginx.service'`.
    let name: String
    let group: ControlGroup

    /// Where control groups are mounted: version 2, and where version 1 is in use, what systemd and container engines
    /// keep.
    static let mounts = [
        "/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd", "/sys/fs/cgroup/pids",
        "/sys/fs/cgroup/memory",
    ]

    /// A systemd unit's, in whichever slice.
    init(unit: String, mounts: [String] = mounts) throws {
        let file = unit.contains(".") ? unit : unit + ".service"
        try self.init(
            "unit '\(file)'", in: mounts, notes: ["'systemctl status \(file)' tells whether it runs"]
        ) {
            $0 == file
        }
    }

    /// A container's, by its id as Docker, Podman, containerd and CRI-O name groups by it, or the beginning of that.
    init(container: String, mounts: [String] = mounts) throws {
        guard container.utf8.count >= 12, container.allSatisfy(\.isHexDigit) else {
            throw UsageError(
                "found '--container \(container)', expected a container's id: 12 hexadecimal digits or more",
                notes: ["'docker ps', 'podman ps' and 'crictl ps' show it"])
        }
        let id = container.lowercased()
        try self.init("container '\(id)'", in: mounts, notes: ["does it run on this machine?"]) { name in
            // ID, docker-ID.scope, libpod-ID.scope, cri-containerd-ID.scope, crio-ID.scope; not Podman's monitor of one.
            let stem = name.hasSuffix(".scope") ? name.dropLast(6) : name[...]
            let part = stem.split(separator: "-").last ?? stem
            return part.utf8.count == 64 && part.hasPrefix(id) && !stem.contains("conmon")
        }
    }

    /// By the folder, or by the path below where groups are mounted, as `/proc/PID/cgroup` shows it.
    init(cgroup: String, mounts: [String] = mounts) throws {
        let places = [Surroundings.absolute(cgroup)] + mounts.map { "\($0)/\(cgroup)" }
        guard let path = places.first(where: { access("\($0)/cgroup.procs", R_OK) == 0 }) else {
            throw UsageError(
                "'\(cgroup)' is no control group",
                notes: ["give its folder below /sys/fs/cgroup; /proc/PID/cgroup shows a process's"])
        }
        (name, group) = ("control group '\(cgroup)'", ControlGroup(path: path))
    }

    private init(_ name: String, in mounts: [String], notes: [String], _ isMeant: (String) -> Bool) throws {
        // One that has just ended is still there for a moment, and empty.
        for mount in mounts {
            let groups = ControlGroup.groups(below: mount, where: isMeant)
            guard let group = groups.first(where: { !$0.processes.isEmpty }) else { continue }
            (self.name, self.group) = (name, group)
            return
        }
        throw UsageError("no control group of \(name) with a process was found", notes: notes)
    }

    /// How many of its processes an engine does not know of that follows one of them and what it starts.
    func unseen(from leader: Int32) -> Int {
        let all = group.processes
        return all.contains(leader) ? all.subtracting(RunTarget.family(of: leader)).count : all.count
    }

    /// The process that the others descend from, which `target()` stands for.
    func leader() throws -> Int32 {
        guard let leader = group.leader else {
            throw UsageError("\(name) has no process", notes: ["its control group is \(group.path)"])
        }
        return leader
    }
}
