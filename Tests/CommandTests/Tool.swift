import Foundation

/// Runs the built `taprecipe` as a user would, in an environment of its own.
struct Tool {
    /// Further or other variables of the environment.
    var environment: [String: String] = [:]
    /// The working directory; a fresh one where nil.
    var directory: String?
    /// A shell prefix such as `exec "$@" >&-`; `"$@"` is the command line.
    var shell: String?

    struct Result {
        var status: Int32
        var output: String
        var errors: String
    }

    /// The repository's root.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// Shell commands that wait until a run whose verbose messages go to `log` says that it traces.
    static let waitForTrace = "for i in $(seq 600); do grep -q name=trace log && break; sleep 0.05; done"

    /// The program under test, next to the test runner.
    static let executable: String = {
        let runner = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let inBuild = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path
        for folder in [
            inBuild, (runner as NSString?)?.deletingLastPathComponent ?? "", "\(root)/.build/debug",
        ]
        where FileManager.default.isExecutableFile(atPath: "\(folder)/taprecipe") {
            return "\(folder)/taprecipe"
        }
        return "\(root)/.build/debug/taprecipe"
    }()

    /// Runs to the end; a run of over `limit` seconds is killed and its status is -1.
    func run(_ arguments: [String], limit: Double = 60) throws -> Result {
        let process = Process()
        if let shell {
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", shell, "sh", Self.executable] + arguments
        } else {
            process.executableURL = URL(fileURLWithPath: Self.executable)
            process.arguments = arguments
        }
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("taprecipe-\(UUID())")
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: home) }
        process.currentDirectoryURL = URL(fileURLWithPath: directory ?? home.path)
        process.environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": home.path,
            "LC_ALL": "C.UTF-8", "XDG_CACHE_HOME": "\(home.path)/cache",
            "XDG_STATE_HOME": "\(home.path)/state", "XDG_CONFIG_HOME": "\(home.path)/config",
            "XDG_RUNTIME_DIR": "\(home.path)",
        ].merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let watchdog = DispatchWorkItem {
            process.terminate(); kill(process.processIdentifier, SIGKILL)
        }
        DispatchQueue.global().asyncAfter(deadline: .now() + limit, execute: watchdog)
        let errorReader = Reader(errors.fileHandleForReading)
        let outputText = output.fileHandleForReading.readDataToEndOfFile()
        let errorText = errorReader.finish()
        process.waitUntilExit()
        watchdog.cancel()
        return Result(
            status: process.terminationReason == .exit
                ? process.terminationStatus : -process.terminationStatus,
            output: String(decoding: outputText, as: UTF8.self),
            errors: String(decoding: errorText, as: UTF8.self))
    }

    /// Reads one pipe to its end beside another, so that neither fills up.
    private final class Reader: @unchecked Sendable {
        private var data = Data()
        private let done = DispatchSemaphore(value: 0)

        init(_ handle: FileHandle) {
            Thread.detachNewThread {
                self.data = handle.readDataToEndOfFile()
                self.done.signal()
            }
        }

        func finish() -> Data {
            done.wait()
            return data
        }
    }
}
