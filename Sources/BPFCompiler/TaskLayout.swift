public import DebugInfo

/// Where the kernel keeps what handlers ask of a task, in bytes: its BTF says, since every build has its own places.
public struct TaskLayout: Sendable {
    /// In `struct task_struct`: the process's id.
    public var process: Int
    /// The thread's id.
    public var thread: Int
    /// The pointer to the parent.
    public var parent: Int
    /// The name, 16 bytes with its zero.
    public var name: Int
    /// The pointer to the rights.
    public var rights: Int
    /// In `struct cred`: the effective user.
    public var effectiveUser: Int
    /// The effective group.
    public var effectiveGroup: Int
    /// The pointer to the memory, and in `struct mm_struct` where the first thread's stack began: above are the
    /// program's arguments and environment.
    public var stackStart: [Int]

    /// Finds the places; nil where the types do not tell them.
    public init?(_ types: BTF) {
        guard let task = types.structure(named: "task_struct"), let rights = types.structure(named: "cred"),
            let process = task.byte(of: "tgid"), let thread = task.byte(of: "pid"),
            let parent = task.byte(of: "real_parent"), let name = task.byte(of: "comm"),
            let cred = task.byte(of: "cred"), let user = rights.byte(of: "euid"),
            let group = rights.byte(of: "egid"), let memory = task.byte(of: "mm"),
            let start = types.structure(named: "mm_struct")?.byte(of: "start_stack")
        else { return nil }
        (self.process, self.thread, self.parent, self.name) = (process, thread, parent, name)
        (self.rights, effectiveUser, effectiveGroup) = (cred, user, group)
        stackStart = [memory, start]
    }

    /// That of the running kernel; nil where it does not describe its types.
    public static let running: TaskLayout? = BTF(path: "/sys/kernel/btf/vmlinux").flatMap { TaskLayout($0) }
}

extension BTFType {
    /// Where a member begins, in bytes.
    fileprivate func byte(of member: String) -> Int? { self.member(named: member).map { $0.bit / 8 } }
}
