import Glibc
import Logging
import Subprocess
import Synchronization
import SystemPackage

/// A program to start: never through a shell, in a session of its own, tied to our life where that can be.
struct ChildProcess: Sendable {
    /// The program's absolute path.
    var executable: String
    /// Its arguments, without its name.
    var arguments: [String]
    /// Its environment; nil: ours.
    var environment: [String: String]?
    /// Where it starts; nil: where we are.
    var workingDirectory: String?
    /// setpriv(1)'s path: it has the kernel signal the program when we die, even by SIGKILL
    /// (`PR_SET_PDEATHSIG`; a set-user-ID program that another user starts loses it on execve(2)).
    var setpriv: String?
    /// Which signal that is, by setpriv's name.
    var deathSignal = "TERM"
    /// Told the command line and how it ended.
    var logger: Logger?

    /// How a program ended.
    enum Status: Sendable, Equatable {
        case exited(Int32)
        case signalled(Int32)
    }

    /// A started program that can be signalled, until it has been waited for.
    final class Handle: Sendable {
        let processID: Int32
        private let isOver = Mutex(false)

        init(processID: Int32) { self.processID = processID }

        /// Signals the program alone, or all in its process group.
        ///
        /// Nothing once it has been waited for, since
        /// its id may be another's then.
        func signal(_ number: Int32, group: Bool = false) {
            isOver.withLock { if !$0 { kill(group ? -processID : processID, number) } }
        }

        /// Whether it has ended; it still has its id then, as a zombie.
        var hasEnded: Bool {
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
    /// its process group is left.
    ///
    /// - Parameters:
    ///   - started: Called once it runs.
    ///   - output: Called with each piece of its stdout.
    ///   - error: Called with each piece of its stderr.
    /// - Returns: How it ended.
    /// - Throws: ``EngineError/cannotStart(_:reason:)``.
    func run(
        started: @Sendable (Handle) -> Void,
        output: @escaping @Sendable (UnsafeRawBufferPointer) -> Void,
        error: @escaping @Sendable (UnsafeRawBufferPointer) -> Void
    ) async throws(EngineError) -> Status {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [
            .send(signal: .interrupt, allowedDurationToNextStep: .seconds(5)),
            .send(signal: .terminate, allowedDurationToNextStep: .seconds(2)),
        ]
        let words =
            setpriv.map { [$0, "--pdeathsig", deathSignal, "--", executable] + arguments }
            ?? [executable] + arguments
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
                let handle = Handle(processID: execution.processIdentifier.value)
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
