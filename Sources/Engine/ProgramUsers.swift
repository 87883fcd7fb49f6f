/// Who runs a program now: what a run may find nothing by, where that is nobody.
public struct ProgramUsers: Sendable, Equatable {
    /// A process that runs another file.
    public struct Namesake: Sendable, Equatable {
        /// The file's path, as its process sees it.
        public let path: String
        /// Its process id.
        public let process: Int32
    }

    /// Whether a process runs the very file.
    public let isRun: Bool
    /// Where none does: the files of the same name that processes run, each with the first of these.
    public let namesakes: [Namesake]

    /// Looks for those of a file.
    ///
    /// - Parameter program: Its path.
    public init(of program: String) {
        let file = RunningProcesses.ProgramKey(path: program)
        let processes = RunningProcesses().all
        isRun = processes.contains { $0.program == file }
        let name = program.split(separator: "/").last
        var seen: Set<String> = []
        namesakes =
            isRun
            ? []
            : processes.compactMap { process in
                guard let path = Files.target(ofLink: "/proc/\(process.id)/exe"),
                    path.split(separator: "/").last == name, seen.insert(path).inserted
                else { return nil }
                return Namesake(path: path, process: process.id)
            }
    }
}
