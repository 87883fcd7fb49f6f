import Glibc
import ProcessMaps

/// Which processes the probes of a run's files reach, as far as that can be told before it.
///
/// Probes are placed in files: who has mapped another copy, as in a container or since before an upgrade, meets none.
public struct ProbeReach: Sendable, Equatable {
    /// A process that has another file of a probed one's name.
    public struct Stranger: Sendable, Equatable {
        /// The process.
        public let process: Int32
        /// Its file, as it sees that.
        public let path: String
        /// Whether the file is gone.
        public let isDeleted: Bool
    }

    /// A file that the run probes.
    public struct File: Sendable, Equatable {
        /// Its path.
        public let path: String
        /// Processes that have another one of its name, and not this one.
        public internal(set) var strangers: [Stranger] = []
        /// Whether the target's processes are known, and none of them has it.
        public var isUnused = false
        fileprivate let version: FileVersion?

        /// Whether another file, or another content, has come into its place.
        public var isReplaced: Bool {
            guard let version, let now = FileVersion(path: path) else { return false }
            return now != version
        }
    }

    /// The files, in the order of the run's.
    public var files: [File]

    /// Looks at the files, and at who has them.
    ///
    /// - Parameters:
    ///   - paths: The probed files.
    ///   - target: The target's processes; nil where there are none yet, or everybody is the target. Then only libraries
    ///     are looked for, as many programs have the same name.
    public init(of paths: [String], by target: Set<Int32>?) {
        files = paths.map { File(path: $0, version: FileVersion(path: $0)) }
        let own = getpid()
        for index in files.indices where target != nil || SharedLibrary.isNamed(files[index].path) {
            guard let key = RunningProcesses.ProgramKey(path: files[index].path) else { continue }
            let name = SharedLibrary.stem(of: files[index].path)
            var isUsed = false
            var isSeen = false
            for process in target?.sorted() ?? RunningProcesses.numbers(in: "/proc") where process != own {
                guard let maps = MappedNames(of: process, like: name) else { continue }
                isSeen = true
                let keys = maps.mappings.map { maps.key(of: $0) }
                // What cannot be told apart may be it.
                if keys.contains(where: { $0 == nil || $0 == key }) {
                    isUsed = true
                } else if let other = maps.mappings.first?.file {
                    files[index].strangers.append(
                        Stranger(process: process, path: other.name, isDeleted: other.isDeleted))
                }
            }
            files[index].isUnused = target != nil && isSeen && !isUsed
        }
    }
}

/// What a file is told apart by from one that stands in its place later.
private struct FileVersion: Sendable, Equatable {
    let device: UInt64
    let inode: UInt64
    let size: Int64
    let seconds: Int
    let nanoseconds: Int

    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        (seconds, nanoseconds) = (status.st_mtim.tv_sec, status.st_mtim.tv_nsec)
    }
}

/// What a process has mapped of files that have a name.
private struct MappedNames {
    private let process: Int32
    let mappings: [Mapping]

    /// Looks for files whose ``SharedLibrary/stem(of:)`` is `stem`; nil where there is no such process, or it may not be
    /// seen.
    init?(of process: Int32, like stem: String) {
        self.process = process
        guard let text = try? Files.read("/proc/\(process)/maps") else { return nil }
        // Most lines are of others, and there may be many processes.
        let wanted = Array("/\(stem)".utf8)
        let lines = text.split(separator: UInt8(ascii: "\n")).filter { line in
            line.lastIndex(of: UInt8(ascii: "/")).map { line[$0...].starts(with: wanted) } ?? false
        }
        mappings = AddressSpace(process: process, maps: Array(lines.joined(separator: "\n".utf8))).mappings
            .filter { SharedLibrary.stem(of: $0.file.name) == stem }
    }

    /// The file that is mapped there; nil where that is not to be seen.
    func key(of mapping: Mapping) -> RunningProcesses.ProgramKey? {
        let ends = [mapping.addresses.lowerBound, mapping.addresses.upperBound]
        let link = ends.map { String($0, radix: 16) }.joined(separator: "-")
        // The links take rights that not every tracer has.
        return RunningProcesses.ProgramKey(path: "/proc/\(process)/map_files/\(link)")
            ?? (mapping.file.isDeleted
                ? nil : RunningProcesses.ProgramKey(path: "/proc/\(process)/root\(mapping.file.name)"))
    }
}

/// The names of shared libraries.
public enum SharedLibrary {
    /// Whether a file is one by its name: `libc.so.6`, `libc-2.31.so`.
    public static func isNamed(_ path: String) -> Bool {
        let name = fileName(of: path)
        return name.hasSuffix(".so") || name.contains(".so.")
    }

    /// What all versions of a library are called, `libc`; of a program its name.
    ///
    /// Until version 2.33 glibc's files were called `libc-2.31.so`.
    static func stem(of path: String) -> String {
        let name = fileName(of: path)
        guard let end = name.firstRange(of: ".so") else { return name }
        let stem = name[..<end.lowerBound]
        guard let dash = stem.lastIndex(of: "-"),
            stem[dash...].dropFirst().allSatisfy({ $0.isNumber || $0 == "." })
        else { return String(stem) }
        return String(stem[..<dash])
    }

    private static func fileName(of path: String) -> String { String(path.split(separator: "/").last ?? "") }
}
