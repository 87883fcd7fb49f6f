import Glibc

/// A started program that SIGKILL did not end in time: it waits in the kernel for a disk or a network file system
/// that does not answer, say, or another program traces it.
public struct StuckProcess: Sendable, Equatable {
    /// The program's path.
    public var program: String
    /// Its process id.
    public var processID: Int32
    /// The letter of its state in `/proc/PID/stat` (proc(5)), such as `D`; nil where that cannot be read.
    public var state: Character?

    /// Reads the state that it is in now.
    init(program: String, processID: Int32) {
        self.program = program
        self.processID = processID
        // The name before it stands in parentheses and may hold some itself.
        let status = try? Files.read("/proc/\(processID)/stat", limit: 4096)
        state = status.flatMap { bytes in
            let rest = bytes.lastIndex(of: UInt8(ascii: ")")).map { bytes[$0...].dropFirst(2) }
            return rest?.first.map { Character(UnicodeScalar($0)) }
        }
    }

    /// What it is and why it does not end.
    public var words: String {
        let reason =
            switch state {
            case "D": "is in uninterruptible sleep (state D)"
            case "Z": "is a zombie that another program traces (state Z)"
            case let state?: "is in state \(state)"
            case nil: "is in a state that cannot be read"
            }
        return "'\(program)', process \(processID), was killed but does not end: it \(reason)"
    }
}
