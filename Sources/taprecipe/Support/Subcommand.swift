import Engine
import Glibc

/// Another command of this program, in a process of its own that ends with this one, however this one ends.
struct Subcommand: Sendable {
    /// The command line, without the program.
    let words: [String]
    /// Its working directory; nil: ours.
    var folder: String?
    /// What passes interrupts on to it.
    let running: RunningCommands

    /// Runs it to its end, in order where it is interrupted.
    ///
    /// - Parameters:
    ///   - started: Called once it runs.
    ///   - output: Called with each piece of its standard output.
    ///   - error: Called with each piece of its standard error.
    /// - Returns: How it ended; 130 also where it was interrupted before it could handle that.
    /// - Throws: That it cannot be started.
    func run(
        started: @escaping @Sendable (ChildProcess.Handle) -> Void = { _ in },
        output: @escaping @Sendable (UnsafeRawBufferPointer) -> Void = { _ in },
        error: @escaping @Sendable (UnsafeRawBufferPointer) -> Void
    ) async throws(EngineError) -> ChildProcess.Status {
        let status = try await ChildProcess.tiedToOurLife(
            Surroundings.executablePath, words, workingDirectory: folder
        ).run(
            started: { handle in
                running.add(handle)
                started(handle)
            }, output: output, error: error)
        if status == .signalled(SIGINT), running.wasInterrupted {
            return .exited(ExitStatus.interrupted.rawValue)
        }
        return status
    }
}
