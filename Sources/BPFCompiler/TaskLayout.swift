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
    /// `PF_…`.
    var flags: Int
    /// The pointer to what is mapped.
    var memory: Int
    /// The pointer to what the process's threads share of signals.
    var signals: Int
    /// The pointer to the open files.
    var files: Int
    /// The pointer to the kernel's stack.
    var kernelStack: Int
    /// Bytes of `struct pt_regs`, with which that stack begins at its upper end: the program's registers.
    var registersSize: Int
    /// In `struct cred`: the user.
    var user: Int
    /// The group.
    var group: Int
    /// The effective user.
    public var effectiveUser: Int
    /// The effective group.
    public var effectiveGroup: Int
    /// In `struct mm_struct`: the pointer to the program's file.
    var programFile: Int
    /// In `struct mm_struct`: where the first thread's stack began; above are the program's arguments and environment.
    var stackStart: Int
    /// In `struct file`: the pointer to the inode.
    var inode: Int
    /// In `struct signal_struct`: how many threads have not ended.
    var liveThreads: Int
    /// In `struct files_struct`: the pointer to the table of descriptors.
    var table: Int
    /// In `struct fdtable`: the pointer to the pointers to files.
    var descriptors: Int
    /// Whether the second argument of `sched_process_exit` says that no thread is left (6.16).
    var exitTellsLast: Bool

    /// Finds the places; nil where the types do not tell them.
    public init?(_ types: BTF) {
        var isComplete = true
        func places(_ structure: String, _ members: String...) -> [Int] {
            let type = types.structure(named: structure)
            return members.map { member in
                guard let place = type?.byte(of: member) else {
                    isComplete = false
                    return 0
                }
                return place
            }
        }
        let task = places(
            "task_struct", "tgid", "pid", "real_parent", "comm", "cred", "flags", "mm", "signal", "files",
            "stack")
        (process, thread, parent, name) = (task[0], task[1], task[2], task[3])
        (rights, flags, memory, signals, files) = (task[4], task[5], task[6], task[7], task[8])
        kernelStack = task[9]
        registersSize = types.structure(named: "pt_regs")?.size ?? 0
        let cred = places("cred", "uid", "gid", "euid", "egid")
        (user, group, effectiveUser, effectiveGroup) = (cred[0], cred[1], cred[2], cred[3])
        let memoryPlaces = places("mm_struct", "exe_file", "start_stack")
        (programFile, stackStart) = (memoryPlaces[0], memoryPlaces[1])
        inode = places("file", "f_inode")[0]
        liveThreads = places("signal_struct", "live")[0]
        table = places("files_struct", "fdt")[0]
        descriptors = places("fdtable", "fd")[0]
        exitTellsLast = (types.parameters(ofTracepoint: ProcessMoment.exit.rawValue)?.count ?? 1) > 1
        guard isComplete else { return nil }
    }

    /// That of the running kernel; nil where it does not describe its types.
    public static let running: TaskLayout? = BTF(path: "/sys/kernel/btf/vmlinux").flatMap { TaskLayout($0) }
}

extension BTFType {
    /// Where a member begins, in bytes.
    fileprivate func byte(of member: String) -> Int? { self.member(named: member).map { $0.bit / 8 } }
}
