import Subprocess

/// Runs a short command for the doctor, such as `stap --version`, and takes what it prints.
public struct CommandRunner: Sendable {
    /// Runs the executable at a path with arguments; its output, or nil where it could not be run, failed,
    /// printed too much or took too long.
    public var output: @Sendable (_ executable: String, _ arguments: [String]) async -> String?

    /// Creates a runner from a closure.
    public init(output: @escaping @Sendable (String, [String]) async -> String?) { self.output = output }

    /// Starts real processes, kills those that exceed the time limit (long: on a busy machine `stap --version`
    /// takes seconds, and no answer means that no engine can run) and takes at most 4 MiB.
    public static func processes(timeLimit: Duration = .seconds(20)) -> CommandRunner {
        CommandRunner { executable, arguments in
            await withTaskGroup(of: String?.self) { group in
                group.addTask {
                    guard let slash = executable.lastIndex(of: "/") else { return nil }
                    // A path would have to be swift-system's type, so the folder is made the whole search path.
                    let folder = slash == executable.startIndex ? "/" : String(executable[..<slash])
                    let name = String(executable[executable.index(after: slash)...])
                    let result = try? await run(
                        .name(name), arguments: Arguments(arguments),
                        environment: .inherit.updating(["LC_ALL": "C", "PATH": folder]),
                        output: .string(limit: 4 << 20, encoding: UTF8.self), error: .discarded)
                    guard let result, result.terminationStatus.isSuccess else { return nil }
                    return result.standardOutput
                }
                group.addTask {
                    try? await Task.sleep(for: timeLimit)
                    return nil
                }
                let first = await group.next() ?? nil
                // Cancelling makes the subprocess library kill the child and reap it.
                group.cancelAll()
                return first
            }
        }
    }
}
