import Foundation
import TestSupport
import Testing

/// `test --live` with the built-in engine, on the shipped programs.
@Suite(.enabled(if: getuid() == 0, "placing probes needs root"), .serialized)
struct LiveTestTests {
    /// The shipped programs, built where a program of the source checkout looks for them; nginx in `PATH`.
    private static let environment: [String: String] = {
        _ = try? TestTool.output(of: "make", ["-s", "-C", Tool.root, "live"])
        let nginx = (try? TestTool.output(of: Tool.root + "/Scripts/nginx.sh", [])) ?? Data()
        let path = String(decoding: nginx, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        return ["PATH": folder + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")]
    }()

    @Test(arguments: [
        "heap-leaks", "fork-trace", "nginx-5xx", "nginx-headers", "function-calls", "function-stacks",
        "text-values", "short-lived", "signals", "file-io", "kernel-stacks",
    ])
    func whatIsPlantedIsProved(recipe: String) throws {
        let result = try Tool(environment: Self.environment).run(
            ["test", "--live", recipe, "--engine", "bpf"], limit: 120)
        #expect(result.status == 0, "\(result)")
        #expect(result.output.hasPrefix("\(recipe): ") && result.output.contains("\n  bpf   proved: all "))
        #expect(!result.output.contains("not proved") && result.errors.isEmpty, "\(result)")
    }

    @Test func whatIsNotPlantedIsNotProved() throws {
        let folder = "/var/tmp/taprecipe-live-\(UUID())"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try """
        name: wrong
        extends: function-calls
        tests:
          - name: too many calls
            parameters: { binary: live/planted, function: choose }
            live:
              command: [live/planted]
              finds: { Calls by function: [[6, call, choose, _]] }
              lacks: { Calls by function: [[5, _, _, _], [1, _, _, _]] }
          - name: no such program
            parameters: { binary: live/planted, function: choose }
            live:
              command: [/nowhere/planted]
              finds: { Calls by function: [[6, call, choose, _]] }

        """.write(toFile: folder + "/wrong.yaml", atomically: true, encoding: .utf8)
        let tool = Tool(environment: Self.environment)
        let result = try tool.run(
            ["test", "--live", "wrong", "--recipes", folder, "--engine", "bpf"], limit: 120)
        #expect(result.status == 3, "\(result)")
        #expect(
            result.output.contains(
                "\n  bpf   not proved: 2 of 3 stated rows are not as planted (wrong: 5 calls"),
            "\(result)")
        #expect(result.output.contains("wrong: no such program\n  bpf   cannot run here:\n"), "\(result)")
        #expect(result.errors.contains("wrong.yaml:8:36: error: test 'too many calls', bpf: this row of "))
        #expect(result.errors.contains("was planted and not found\n"))
        #expect(result.errors.contains("wrong.yaml:9:36: error: "))
        let json = try tool.run(
            ["test", "--live", "wrong", "--recipes", folder, "--engine", "bpf", "--format", "json"],
            limit: 120)
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        let proofs = try #require(document["proofs"] as? [[String: Any]])
        #expect(proofs.map { $0["verdict"] as? String } == ["not-proved", "cannot-run"])
    }

    /// The folders that live tests work in, and remove at their end.
    private func liveFolders() throws -> Set<String> {
        Set(
            try FileManager.default.contentsOfDirectory(atPath: "/var/tmp").filter {
                $0.hasPrefix("taprecipe-live-")
            })
    }

    /// However it is ended, its run and the program that this started end with it.
    @Test(arguments: [SIGINT, SIGTERM, SIGHUP, SIGKILL])
    func whatIsEndedLeavesNothingBehind(signal: Int32) throws {
        let ground = try Ground()
        defer { ground.remove() }
        let sleeper = ground.folder + "/sleeper"
        try FileManager.default.copyItem(atPath: "/bin/sleep", toPath: sleeper)
        try """
        name: endless
        extends: ./ticks.yaml
        tests:
          - name: a program without end
            live:
              command: ["\(sleeper)", "1000"]
              finds: { Ticks: [[_]] }

        """.write(toFile: ground.folder + "/endless.yaml", atomically: true, encoding: .utf8)
        let before = try liveFolders()
        let run = try ground.start(command: ["test", "--live", "./endless.yaml", "--engine", "bpf"])
        #expect(try ground.processBegins([sleeper, "1000"]), "\(run.said)")
        kill(run.processIdentifier, signal)
        run.waitUntilExit()
        #expect(run.terminationStatus == (signal == SIGKILL ? SIGKILL : 130), "\(run.said)")
        #expect(try ground.processesEnd(), "something lives on")
        let left = try liveFolders().subtracting(before)
        // SIGKILL leaves no time to take the folder away; nothing of value is in it.
        if signal == SIGKILL {
            for folder in left { try FileManager.default.removeItem(atPath: "/var/tmp/" + folder) }
        } else {
            #expect(left.isEmpty)
        }
    }

    @Test func aRecipeWithoutSuchTestsIsSaid() throws {
        let result = try Tool().run(["test", "--live", "linked-list"])
        #expect(result.status == 2)
        #expect(result.errors.hasPrefix("error: none of the recipes has a test with 'live'\n"), "\(result)")
    }
}
