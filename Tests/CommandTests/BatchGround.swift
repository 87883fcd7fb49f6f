import Foundation
import Testing

/// A folder with recipes for runbooks, and a state folder of its own.
struct Ground {
    let folder = "/var/tmp/taprecipe-batch-\(UUID())"

    init() throws {
        try place("ticks.yaml", Self.ticking("ticks"))
        try place(
            "broken.yaml",
            """
            name: broken
            summary: a number that is a text
            script: |
              probe begin { println("a" + 1) }

            """)
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    /// A recipe that prints a timer's ticks.
    static func ticking(_ name: String) -> String {
        """
        name: \(name)
        summary: ticks of a timer
        parameters:
          every: { type: integer, default: 20, minimum: 1 }
        script: |
          global count
          probe timer.ms({{every}}) { printf("tick: %d\\n", count++) }
        records:
          tick: { line: "tick: {number:integer}" }
        summary-tables:
          - { title: Ticks, of: tick, columns: [number], limit: 3 }

        """
    }

    /// Writes a file, and the folders that it lies in.
    func place(_ path: String, _ text: String, mode: Int = 0o644) throws {
        let file = "\(folder)/\(path)"
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755])
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
    }

    /// Writes a runbook from what stands behind its name.
    func write(_ name: String, _ text: String) throws {
        try place("\(name).yaml", "name: \(name)\nsummary: a test\n\(text)\n")
    }

    func read(_ name: String) throws -> String {
        try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
    }

    private var environment: [String: String] {
        ["XDG_STATE_HOME": folder + "/state", "TAPRECIPE_PATH": folder]
    }

    /// The program; `shell` as for a ``Tool``.
    func tool(shell: String? = nil) -> Tool {
        Tool(environment: environment, directory: folder, shell: shell)
    }

    /// What the runs left in the state folder.
    var leftovers: [String] {
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder + "/state/taprecipe")) ?? []
        return names.filter { $0.hasSuffix(".json") }
    }

    /// A command that goes on by itself.
    final class Run {
        let process = Process()
        private let errors: String

        var processIdentifier: Int32 { process.processIdentifier }
        var terminationStatus: Int32 { process.terminationStatus }
        var said: String { (try? String(contentsOfFile: errors, encoding: .utf8)) ?? "" }

        init(_ arguments: [String], _ ground: Ground) throws {
            errors = "\(ground.folder)/errors-\(UUID())"
            _ = FileManager.default.createFile(atPath: errors, contents: nil)
            process.executableURL = URL(fileURLWithPath: Tool.executable)
            process.arguments = arguments
            process.currentDirectoryURL = URL(fileURLWithPath: ground.folder)
            process.environment = ground.environment.merging(
                ["PATH": "/usr/bin:/bin", "HOME": ground.folder, "LC_ALL": "C.UTF-8"]) { $1 }
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle(forWritingAtPath: errors)
            try process.run()
        }

        deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

        /// Whether it says something within half a minute.
        func says(_ words: String) -> Bool {
            for _ in 0..<1500 {
                if said.contains(words) { return true }
                if !process.isRunning { return said.contains(words) }
                usleep(20_000)
            }
            return false
        }

        func waitUntilExit() { process.waitUntilExit() }
    }

    /// Starts a batch.
    func start(_ arguments: [String]) throws -> Run { try Run(["batch"] + arguments, self) }

    /// Starts any command.
    func start(command: [String]) throws -> Run { try Run(command, self) }

    /// Whether within half a minute no process is left whose command line names the folder.
    func processesEnd() throws -> Bool { try eventually { try !isProcessHere { $0.contains(folder) } } }

    /// Whether within half a minute there is a process whose command line begins so.
    func processBegins(_ words: [String]) throws -> Bool {
        let line = words.map { $0 + "\0" }.joined()
        return try eventually { try isProcessHere { $0.hasPrefix(line) } }
    }

    private func eventually(_ holds: () throws -> Bool) rethrows -> Bool {
        for _ in 0..<1500 {
            if try holds() { return true }
            usleep(20_000)
        }
        return false
    }

    /// Whether there is a process with such a command line, each of its words ended by NUL.
    private func isProcessHere(_ isMeant: (String) -> Bool) throws -> Bool {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").contains { id in
            guard Int(id) != nil else { return false }
            let line = FileManager.default.contents(atPath: "/proc/\(id)/cmdline") ?? Data()
            return isMeant(String(decoding: line, as: UTF8.self))
        }
    }

    // MARK: Reports

    /// What the JSON report says of a step.
    struct Step {
        var exitCode: Int?
        var detail: String?
        var messages: [String]
        var records: Int?
        /// How the run of it ended.
        var end: String?
    }

    func object(_ json: String) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any], "\(json)")
    }

    func steps(_ report: [String: Any]) throws -> [String: Step] {
        let steps = try #require(report["steps"] as? [[String: Any]])
        return Dictionary(
            uniqueKeysWithValues: steps.map { step in
                let end = step["end"] as? [String: Any] ?? [:]
                let summary = step["summary"] as? [String: Any]
                let run = summary?["run"] as? [String: Any]
                let records = summary?["records"] as? [[String: Any]]
                return (
                    step["name"] as? String ?? "",
                    Step(
                        exitCode: end["exitCode"] as? Int, detail: end["detail"] as? String,
                        messages: step["messages"] as? [String] ?? [],
                        records: records?.compactMap { $0["count"] as? Int }.reduce(0, +),
                        end: (run?["end"] as? [String: Any])?["kind"] as? String)
                )
            })
    }
}
