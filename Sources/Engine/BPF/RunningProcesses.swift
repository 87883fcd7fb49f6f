import Glibc

/// The processes that run now, as `/proc` tells, without the kernel's own.
struct RunningProcesses {
    /// What stat(2) tells files apart by.
    struct ProgramKey: Equatable, Sendable {
        var device: UInt64
        var inode: UInt64

        /// That of a file, with symbolic links followed; nil where there is none.
        init?(path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            (device, inode) = (UInt64(status.st_dev), UInt64(status.st_ino))
        }
    }

    /// A process.
    struct Process {
        var id: Int32
        var parent: Int32
        /// When it began, in ticks since the boot: ids come again, together they do not.
        var start: UInt64
        /// The file that it runs.
        var program: ProgramKey
        /// What is known of a process; nil for one that is gone or dead, and for the kernel's own.
        init?(_ id: Int32) {
            guard let program = ProgramKey(path: "/proc/\(id)/exe"), let status = ProcessStatus(id) else {
                return nil
            }
            (self.id, parent, start, self.program) = (id, status.parent, status.start, program)
        }

        /// Whether the same process still runs the same file.
        var isStillThere: Bool {
            guard let now = Process(id) else { return false }
            return now.start == start && now.program == program
        }

        /// Its threads but the first.
        var otherThreads: [Int32] { RunningProcesses.numbers(in: "/proc/\(id)/task").filter { $0 != id } }
    }

    let all: [Process]

    init() { all = Self.numbers(in: "/proc").compactMap { Process($0) } }

    /// A process and its descendants.
    func family(of target: Int32) -> Set<Int32> {
        guard target > 0 else { return [] }
        return ProcessStatus.families(of: [target], among: all.map { (id: $0.id, parent: $0.parent) })
    }

    static func numbers(in folder: String) -> [Int32] {
        Files.list(folder).compactMap { Int32($0) }.sorted()
    }
}
