import Glibc

/// Processes that run a file which was replaced since they started.
///
/// Probes are placed in the file that is there now, so such processes never meet them.
public struct OutdatedProcesses: Sendable, Equatable {
    /// The program's path.
    public let program: String
    /// Those that run another build than the file's.
    public let ofOtherBuild: [Int32]
    /// Those that run the same build, from a file that was written anew.
    public let ofSameBuild: [Int32]

    /// Both.
    public var all: Set<Int32> { Set(ofOtherBuild + ofSameBuild) }

    /// Looks for those that were started from a path.
    ///
    /// - Parameters:
    ///   - program: The path; below `/proc/PID/root` that of another mount namespace.
    ///   - processes: Where to look; nil: among all that can be seen.
    public init(of program: String, among processes: Set<Int32>? = nil) {
        self.program = program
        let words = program.split(separator: "/", maxSplits: 3)
        let isElsewhere = words.count == 4 && words[0] == "proc" && words[2] == "root"
        let path = isElsewhere ? "/\(words[3])" : program
        let space = Self.mounts(of: isElsewhere ? String(words[1]) : "self")
        let current = RunningProcesses.ProgramKey(path: program)
        lazy var build = ELFBuildID.buildID(of: program)
        var (others, same): ([Int32], [Int32]) = ([], [])
        for process in RunningProcesses().all
        where process.program != current && processes?.contains(process.id) ?? true {
            let file = "/proc/\(process.id)/exe"
            guard let name = Files.target(ofLink: file), name == path || name == path + " (deleted)",
                Self.mounts(of: "\(process.id)") == space
            else { continue }
            if build != nil, ELFBuildID.buildID(of: file) == build {
                same.append(process.id)
            } else {
                others.append(process.id)
            }
        }
        (ofOtherBuild, ofSameBuild) = (others.sorted(), same.sorted())
    }

    private static func mounts(of process: String) -> String? {
        Files.target(ofLink: "/proc/\(process)/ns/mnt")
    }
}
