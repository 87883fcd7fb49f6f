import Glibc
import Logging
import Subprocess
import Synchronization
import SystemPackage

/// A program to start: never through a shell, in a session of its own, tied to our life where that can be.
public struct ChildProcess: Sendable {
    /// The program's absolute path.
    var executable: String
    /// Its arguments, without its name.
    var arguments: [String]
    /// Programs that start it in their own place, with their arguments, such as nice(1).
    var wrapper: [String] = []
    /// Its environment; nil: ours.
    var environment: [String: String]?
    /// Where it starts; nil: where we are.
    var workingDirectory: String?
    /// setpriv(1)'s path: it has the kernel signal the program when we die, even by SIGKILL
    /// (`PR_SET_PDEATHSIG`; a set-user-ID program that another user starts loses it on execve(2)).
    var setpriv: String?
    /// Which signal that is, by setpriv's name.
    var deathSignal = "TERM"
    /// How long it may take to end once it was sent SIGKILL.
    var patience = Duration.seconds(5)
    /// Told the command line and how it ended.
    var logger: Logger?

    /// How a program ended.
    public enum Status: Sendable, Equatable {
        /// By itself, with this status.
        case exited(Int32)
        /// By this signal.
        case signalled(Int32)
        /// It did not, though it was killed; what it still writes is dropped.
        case stuck(StuckProcess)
    }

    /// Prepares a program; with setpriv(1)'s path it is sent SIGTERM when we die.
    init(
        executable: String, arguments: [String], wrapper: [String] = [], environment: [String: String]? = nil,
        workingDirectory: String? = nil, setpriv: String? = nil, deathSignal: String = "TERM",
        patience: Duration = .seconds(5), logger: Logger? = nil
    ) {
        self.executable = executable
        self.arguments = arguments
        self.wrapper = wrapper
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.setpriv = setpriv
        self.deathSignal = deathSignal
        self.patience = patience
        self.logger = logger
    }

    /// A program that is sent SIGTERM when we die, also by SIGKILL; in our environment where none is given.
    public static func tiedToOurLife(
        _ executable: String, _ arguments: [String], environment: [String: String]? = nil,
        workingDirectory: String? = nil
    ) -> ChildProcess {
        ChildProcess(
            executable: executable, arguments: arguments, environment: environment,
            workingDirectory: workingDirectory, setpriv: StapTools().setpriv)
    }

    /// A started program that can be signalled, until it has been waited for.
    public final class Handle: Sendable {
        /// Its process id.
        public let processID: Int32
        private let isOver = Mutex(false)
        private let killed: @Sendable () -> Void

        fileprivate init(processID: Int32, killed: @escaping @Sendable () -> Void) {
            self.processID = processID
            self.killed = killed
        }

        /// Signals the program alone, or all in its process group.
        ///
        /// Nothing once it has been waited for, since
        /// its id may be another's then.
        public func signal(_ number: Int32, group: Bool = false) {
            let isSent = isOver.withLock {
                if !$0 { kill(group ? -processID : processID, number) }
                return !$0
            }
            if isSent, number == SIGKILL { killed() }
        }

        /// Whether it has ended.
        public var hasEnded: Bool {
            // Until it has been waited for it has its id still, as a zombie.
            var information = siginfo_t()
            let flags = WEXITED | WNOHANG | WNOWAIT
            guard waitid(P_PID, id_t(processID), &information, flags) == 0 else { return true }
            return information._sifields._sigchld.si_pid != 0
        }

        fileprivate func close() {
            isOver.withLock {
                // What is left of the group is nobody's any more: the leader is a zombie that we have yet to
                // wait for, so the group's id is still its own.
                kill(-processID, SIGKILL)
                $0 = true
            }
        }
    }

    /// Starts the program, passes what it writes on as it comes, and returns when it has ended and nothing of
    /// its process group is left, or when it was killed by its handle and does not end.
    ///
    /// - Parameters:
    ///   - started: Called once it runs.
    ///   - output: Called with each piece of its stdout.
    ///   - error: Called with each piece of its stderr.
    /// - Returns: How it ended.
    /// - Throws: ``EngineError/cannotStart(_:reason:)``.
    public func run(
        started: @escaping @Sendable (Handle) -> Void,
        output: @escaping @Sendable (UnsafeRawBufferPointer) -> Void,
        error: @escaping @Sendable (UnsafeRawBufferPointer) -> Void
    ) async throws(EngineError) -> Status {
        let result = FirstValue<Result<Status, EngineError>>()
        // swift-subprocess waits for a program without end, so its task is left behind with one that is stuck.
        let task = Task {
            do throws(EngineError) {
                let status = try await runToItsEnd(
                    started: started, killed: { self.watch($0, result) },
                    output: { bytes in if !result.isGiven { output(bytes) } },
                    error: { bytes in if !result.isGiven { error(bytes) } })
                result.give(.success(status))
            } catch {
                result.give(.failure(error))
            }
        }
        return try await withTaskCancellationHandler {
            await result.value
        } onCancel: {
            task.cancel()
        }.get()
    }

    /// Gives up a killed program that has not ended after a while.
    private func watch(_ processID: Int32, _ result: FirstValue<Result<Status, EngineError>>) {
        Task {
            try? await Task.sleep(for: patience)
            guard !result.isGiven else { return }
            let process = StuckProcess(program: executable, processID: processID)
            logger?.debug("stuck", metadata: ["process": "\(process.words)"])
            result.give(.success(.stuck(process)))
        }
    }

    private func runToItsEnd(
        started: @Sendable (Handle) -> Void, killed: @escaping @Sendable (Int32) -> Void,
        output: @escaping @Sendable (UnsafeRawBufferPointer) -> Void,
        error: @escaping @Sendable (UnsafeRawBufferPointer) -> Void
    ) async throws(EngineError) -> Status {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [
            .send(signal: .interrupt, allowedDurationToNextStep: .seconds(5)),
            .send(signal: .terminate, allowedDurationToNextStep: .seconds(2)),
        ]
        let command = wrapper + [executable] + arguments
        let words = setpriv.map { [$0, "--pdeathsig", deathSignal, "--"] + command } ?? command
        logger?.debug("starting", metadata: ["words": .array(words.map { .string($0) })])
        do {
            let result = try await Subprocess.run(
                .path(FilePath(words[0])), arguments: Arguments(Array(words.dropFirst())),
                environment: environment.map { values in
                    .custom(
                        Dictionary(
                            uniqueKeysWithValues: values.map {
                                (Environment.Key(rawValue: $0.key)!, $0.value)
                            }))
                } ?? .inherit,
                workingDirectory: workingDirectory.map { FilePath($0) }, platformOptions: options,
                input: .none, output: .sequence, error: .sequence
            ) { execution in
                let processID = execution.processIdentifier.value
                let handle = Handle(processID: processID, killed: { killed(processID) })
                started(handle)
                // Both streams end at the latest when the program does: swift-subprocess then reads what is
                // left in the pipes and waits for no grandchild that holds them open.
                await withTaskGroup(of: Void.self) { group in
                    let (stdout, stderr) = (execution.standardOutput, execution.standardError)
                    group.addTask { await Self.drain(stdout, to: output) }
                    group.addTask { await Self.drain(stderr, to: error) }
                }
                while !handle.hasEnded {
                    // It closed its streams and lives on; nothing else tells when it ends.
                    // (A cancelled task does not sleep.)
                    if Task.isCancelled { usleep(5000) }
                    try? await Task.sleep(for: .milliseconds(20))
                }
                handle.close()
            }
            logger?.debug(
                "ended", metadata: ["program": "\(executable)", "status": "\(result.terminationStatus)"])
            switch result.terminationStatus {
            case .exited(let code): return .exited(code)
            case .signaled(let number): return .signalled(number)
            }
        } catch {
            throw .cannotStart(executable, reason: "\(error)")
        }
    }

    private static func drain(
        _ stream: SubprocessOutputSequence, to sink: @Sendable (UnsafeRawBufferPointer) -> Void
    ) async {
        do {
            for try await buffer in stream { buffer.withUnsafeBytes { sink($0) } }
        } catch {
            // A pipe that cannot be read ends the stream; the exit status says the rest.
        }
    }
}

/// The first of several values, for one task that waits for it.
private final class FirstValue<Value: Sendable>: Sendable {
    private struct State {
        var value: Value?
        var waiting: CheckedContinuation<Value, Never>?
    }
    private let state = Mutex(State())

    /// Whether there is one.
    var isGiven: Bool { state.withLock { $0.value != nil } }

    /// Gives a value; nothing where there is one already.
    func give(_ value: Value) {
        let waiting = state.withLock { state in
            guard state.value == nil else { return nil as CheckedContinuation<Value, Never>? }
            state.value = value
            return state.waiting.take()
        }
        waiting?.resume(returning: value)
    }

    /// Waits for the value, even in a cancelled task.
    var value: Value {
        get async {
            await withCheckedContinuation { continuation in
                let value = state.withLock { state in
                    if state.value == nil { state.waiting = continuation }
                    return state.value
                }
                if let value { continuation.resume(returning: value) }
            }
        }
    }
}
