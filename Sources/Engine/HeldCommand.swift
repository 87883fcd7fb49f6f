import Glibc
import Logging
import StapMessages
import Synchronization

/// A command to trace that has its process id already, but does not run before the probes are placed.
///
/// `stap -c` is not used: stapio expands its argument with wordexp(3), and the command's output would be mixed
/// into the script's, so that half a line of the one could spoil a record of the other. Instead flock(1) waits
/// for a lock that we hold and then becomes the command (`--no-fork`): its process id is `target()` from the
/// start, its arguments stay an array, its output has pipes of its own. The command inherits one more file
/// descriptor, that of the lock file.
///
/// It is ended with the run, by SIGTERM and after two seconds by SIGKILL, to its whole process group; should
/// we be killed, the kernel sends it SIGTERM.
final class HeldCommand: Sendable {
    private let child: ChildProcess
    private let lock: Mutex<FileLock?>
    private let handle = Mutex<ChildProcess.Handle?>(nil)
    private let alarms: Alarms
    /// The file that it waits for the lock of.
    private let path: String
    /// The command's path.
    private let program: String

    /// Prepares a command; throws where it is not there or the lock cannot be made.
    init(
        _ words: [String], searchPath: String?, tools: StapTools, directory: TemporaryDirectory,
        clock: any Clock<Duration>, logger: Logger
    ) throws(EngineError) {
        let program = try CommandProgram.path(of: words.first ?? "", in: searchPath)
        self.program = program
        path = directory.path("hold")
        lock = Mutex(try FileLock(path))
        alarms = Alarms(clock: clock)
        child = ChildProcess(
            executable: tools.flock, arguments: ["--no-fork", path, program] + words.dropFirst(),
            setpriv: tools.setpriv, logger: logger)
    }

    /// The command of a run, where it has one.
    static func prepared(
        for session: RunSession, tools: StapTools, directory: TemporaryDirectory
    ) throws(EngineError) -> HeldCommand? {
        guard case .command(let words) = session.request.target else { return nil }
        return try HeldCommand(
            words, searchPath: session.request.environment["PATH"], tools: tools, directory: directory,
            clock: session.clock, logger: session.logger)
    }

    /// Starts it, held; returns when it has ended.
    ///
    /// - Throws: ``EngineError/stuck(_:)`` where it does not let itself be ended,
    ///   ``EngineError/commandNotExecuted(_:reason:)`` where flock(1) could not become it.
    func run(
        started: @escaping @Sendable (Int32) -> Void, line: @escaping @Sendable ([UInt8]) -> Void
    ) async throws(EngineError) -> CommandStatus {
        let splitters = Mutex((LineSplitter(maximumLength: 1 << 16), LineSplitter(maximumLength: 1 << 16)))
        let refusal = Array("flock: failed to execute \(program): ".utf8)
        let reason = Mutex<String?>(nil)
        let line: @Sendable ([UInt8]) -> Void = { bytes in
            guard bytes.starts(with: refusal) else { return line(bytes) }
            reason.withLock { $0 = String(decoding: bytes.dropFirst(refusal.count), as: UTF8.self) }
        }
        let status = try await child.run(
            started: { handle in
                self.handle.withLock { $0 = handle }
                started(handle.processID)
            },
            output: { bytes in
                var lines: [[UInt8]] = []
                splitters.withLock { $0.0.feed(Array(bytes)[...]) { lines.append(Array($0)) } }
                lines.forEach(line)
            },
            error: { bytes in
                var lines: [[UInt8]] = []
                splitters.withLock { $0.1.feed(Array(bytes)[...]) { lines.append(Array($0)) } }
                lines.forEach(line)
            })
        alarms.cancelAll()
        var lines: [[UInt8]] = []
        splitters.withLock {
            $0.0.finish { lines.append(Array($0)) }
            $0.1.finish { lines.append(Array($0)) }
        }
        lines.forEach(line)
        switch status {
        case .exited(let code):
            // EX_UNAVAILABLE of sysexits.h.
            if code == 69, let reason = reason.withLock({ $0 }) {
                throw .commandNotExecuted(program, reason: reason)
            }
            return .exited(code)
        case .signalled(let number): return .signalled(number)
        case .stuck(let process): throw .stuck(process)
        }
    }

    /// Whether processes that it started live on now that it has ended: they have inherited its lock.
    ///
    /// Not seen are those that close what they have inherited.
    func leavesProcesses() async -> Bool {
        // Those of its process group were killed with it, and may take a moment.
        for _ in 0..<20 {
            if let lock = try? FileLock(path) { return withExtendedLifetime(lock) { false } }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return true
    }

    /// Lets it run.
    func release() { lock.withLock { $0 = nil } }

    /// Ends it where it still runs.
    func end() {
        guard let handle = handle.withLock({ $0 }) else { return }
        handle.signal(SIGTERM, group: true)
        alarms.after(.seconds(2)) { handle.signal(SIGKILL, group: true) }
    }
}
