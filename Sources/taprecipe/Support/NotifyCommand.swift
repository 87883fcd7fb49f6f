import Diagnostics
import Engine
import Glibc
import Synchronization

/// The command of `--notify-command`, which hears of a run.
struct NotifyCommand: Sendable {
    /// What `/bin/sh` runs.
    let command: String
    /// How long it may take: the run's lock is held for as long.
    var patience = Duration.seconds(60)

    init(_ command: String) { self.command = command }

    /// Runs it with the report on its standard input; what it prints goes to standard error.
    ///
    /// It is ended where it takes longer than its patience, and by SIGINT, SIGTERM and SIGHUP.
    ///
    /// - Returns: What went wrong.
    func run(_ status: ExitStatus, of name: String, report: String, on console: Console) async -> Diagnostic?
    {
        let file = "\(Surroundings.directories.temporary)/taprecipe-report-\(getpid())"
        defer { unlink(file) }
        var environment = Surroundings.environment
        environment["TAPRECIPE_NAME"] = name
        environment["TAPRECIPE_STATUS"] = "\(status.rawValue)"
        do {
            try OutputFile(path: file).write(Array(report.utf8))
            // The file is the shell's standard input; the command finds none of this.
            let shell = ChildProcess.tiedToOurLife(
                "/bin/sh", ["-c", "exec /bin/sh -c \"$1\" <\"$0\"", file, command], environment: environment)
            let say: @Sendable (UnsafeRawBufferPointer) -> Void = { console.complain(Array($0)) }
            let watch = InterruptWatch()
            defer { watch.end() }
            let leash = Leash(patience: patience, watch: watch)
            let end = try await shell.run(
                started: { handle in Task { await leash.hold(handle) } }, output: say, error: say)
            let failure =
                switch end {
                case .exited(let code): CommandStatus.exited(code).failure
                case .signalled(let number): CommandStatus.signalled(number).failure
                case .stuck: "did not end, though it was killed"
                }
            guard let how = failure else { return nil }
            return .warning(
                "--notify-command '\(command)' \(how)", notes: leash.cause.map { [$0] } ?? [])
        } catch {
            let words = (error as? SystemFailure)?.diagnostic.message ?? "\(error)"
            return .warning("--notify-command could not be run: \(words)")
        }
    }
}

/// Ends a command that takes too long, or that an interrupt ends.
private final class Leash: Sendable {
    private let patience: Duration
    private let watch: InterruptWatch
    private let given = Mutex<String?>(nil)
    /// How long it may take to end once it was asked to.
    private static let politeness = Duration.seconds(2)

    init(patience: Duration, watch: InterruptWatch) {
        self.patience = patience
        self.watch = watch
    }

    /// Why it was ended; nil where it ended by itself.
    var cause: String? { given.withLock { $0 } }

    /// Waits until the command has ended, by itself or not.
    func hold(_ handle: ChildProcess.Handle) async {
        let end = ContinuousClock.now + patience
        while ContinuousClock.now < end, !watch.wasInterrupted {
            if handle.hasEnded { return }
            try? await Task.sleep(for: .milliseconds(50))
        }
        let reason =
            watch.wasInterrupted
            ? "an interrupt ended it" : "it had not ended within \(patience.components.seconds) s"
        given.withLock { $0 = reason }
        handle.signal(SIGTERM, group: true)
        try? await Task.sleep(for: Self.politeness)
        handle.signal(SIGKILL, group: true)
    }
}
