import Foundation
import Testing

/// Runs by the built-in engine that cannot but lose something: what the summary has and what it says is missing are
/// together what the program did (`Tests/Programs/losing.c`).
@Suite(.enabled(if: getuid() == 0, "placing probes needs root"), .serialized)
struct LossTests {
    /// A folder that others cannot write, with the program and a recipe of a script.
    private struct Ground {
        let folder = "/var/tmp/taprecipe-loss-\(UUID())"
        var program: String { folder + "/losing" }

        init(script: String, records: String, limits: String = "{}") throws {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let compiler = Process()
            compiler.executableURL = URL(filePath: "/usr/bin/gcc")
            compiler.arguments = [
                "-g", "-O1", "-fno-builtin", "-o", program, Tool.root + "/Tests/Programs/losing.c",
            ]
            try compiler.run()
            compiler.waitUntilExit()
            let lines = script.replacing("PROGRAM", with: program).split(separator: "\n").map { "  \($0)\n" }
                .joined()
            try """
            name: losing
            summary: what is lost
            limits: \(limits)
            script: |
            \(lines)records:
            \(records)
            """.write(toFile: folder + "/losing.yaml", atomically: true, encoding: .utf8)
        }

        func remove() { try? FileManager.default.removeItem(atPath: folder) }

        /// Runs the recipe with the program, or something that runs it, as the command.
        func run(_ command: [String], shell: String? = nil) throws -> Outcome {
            let result = try Tool(directory: folder, shell: shell).run(
                [
                    "run", folder + "/losing.yaml", "--engine", "bpf", "--no-retry", "--timeout", "50s",
                    "--format", "json", "--",
                ] + command)
            return try Outcome(result)
        }
    }

    /// What the summary says.
    private struct Outcome {
        let result: Tool.Result
        /// How many records there are, by name.
        var records: [String: Int] = [:]
        /// How much was lost, by kind.
        var losses: [String: Int] = [:]

        /// Whether standard error has words.
        func says(_ words: String) -> Bool { result.errors.contains(words) }

        init(_ result: Tool.Result) throws {
            self.result = result
            let json = try #require(
                try? JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any],
                "\(result)")
            for record in json["records"] as? [[String: Any]] ?? [] {
                records[record["name"] as? String ?? ""] = record["count"] as? Int
            }
            for loss in json["losses"] as? [[String: Any]] ?? [] {
                losses[loss["kind"] as? String ?? ""] = loss["count"] as? Int
            }
        }
    }

    /// While the program calls, nobody reads: the run is stopped by SIGSTOP.
    @Test func recordsThatTheRingHasNoRoomForAreCounted() throws {
        let ground = try Ground(
            script: #"probe process("PROGRAM").function("step") { printf("step: %d\n", $number) }"#,
            records: "  step: {line: \"step: {number:integer}\"}", limits: "{buffer: 1MiB}")
        defer { ground.remove() }
        let calls = 100_000
        let outcome = try ground.run(
            [
                "/bin/sh", "-c",
                "kill -STOP $(cat run.pid); ./losing flood \(calls); kill -CONT $(cat run.pid)",
            ], shell: #"echo $$ >run.pid; exec "$@""#)
        let lost = try #require(outcome.losses["transport-failures"], "\(outcome)")
        let recorded = try #require(outcome.records["step"])
        #expect(lost > 0 && recorded > 0)
        #expect(recorded + lost == calls)
    }

    /// Each read of memory that is not there makes the processor tell the tracepoint whose handler reads.
    @Test(.enabled(if: hasPageFaults, "the kernel has no tracepoint of its own page faults"))
    func handlersThatRunInTheirOwnEventAreCounted() throws {
        let ground = try Ground(
            script: """
                probe kernel.trace("page_fault_kernel") {
                    if (pid() == target()) printf("fault: %d\\n", user_long(8))
                }
                """, records: "  fault: {line: \"fault: 0\"}")
        defer { ground.remove() }
        let outcome = try ground.run([ground.program, "fault", "500"])
        let recorded = try #require(outcome.records["fault"], "\(outcome)")
        #expect(recorded >= 500)
        // The kernel misses what comes of the read, once for each that it has run.
        #expect(outcome.losses == ["skipped-probes": recorded], "\(outcome)")
        #expect(outcome.says("\(recorded) probe hits were skipped: they came from within a probe"))
    }

    @Test func readsThatFailAreCountedAndSaid() throws {
        let ground = try Ground(
            script: """
                probe process("PROGRAM").function("visit") { printf("value: %d\\n", $node->value) }
                probe process("PROGRAM").function("spell") { printf("text: %s\\n", user_string($text)) }
                """,
            records: "  value: {line: \"value: {value:integer}\"}\n  text: {line: \"text: {text}\"}",
            limits: "{MAXERRORS: 1000}")
        defer { ground.remove() }
        let outcome = try ground.run([ground.program, "read", "40"])
        #expect(outcome.records == ["value": 20, "text": 20], "\(outcome)")
        #expect(outcome.losses == ["faults": 40], "\(outcome)")
        for message in ["read memory that is not there at 0x0", "read memory that is not there at 0x10"] {
            #expect(outcome.result.errors.contains(message), "\(outcome)")
        }
    }

    /// The kernel follows no more than 64 calls of probed functions that are in each other.
    @Test func returnsThatTheKernelDoesNotTellAreCounted() throws {
        let ground = try Ground(
            script:
                #"probe process("PROGRAM").function("deep").return { printf("returned: %d\n", $return) }"#,
            records: "  returned: {line: \"returned: {number:integer}\"}")
        defer { ground.remove() }
        let outcome = try ground.run([ground.program, "deep", "199"])
        let missed = try #require(outcome.losses["skipped-probes"], "\(outcome)")
        let recorded = try #require(outcome.records["returned"])
        #expect(missed > 0 && recorded > 0)
        #expect(recorded + missed == 200)
        #expect(outcome.says("\(missed) probe hits were skipped: the kernel tells no returns"))
    }

    /// The program goes on while nobody reads: sites are lost, but neither blocks nor what was freed only once.
    @Test func whatHeapLeaksShowsIsTrueWhereEventsWereLost() throws {
        let ground = try Ground(script: "probe begin {}", records: "  none: {line: none}")
        defer { ground.remove() }
        let shell = """
            'kill -STOP $(cat run.pid); (sleep 0.3; kill -CONT $(cat run.pid)) & exec ./losing heap 3000'
            """
        let result = try Tool(
            directory: ground.folder, shell: #"echo $$ >run.pid; exec "$@" -- /bin/sh -c "# + shell
        ).run([
            "run", "heap-leaks", "--engine", "bpf", "--no-retry", "--limit", "buffer=1MiB", "--timeout",
            "50s",
            "--program", ground.program, "--format", "json",
        ])
        let outcome = try Outcome(result)
        #expect(outcome.losses["transport-failures"] ?? 0 > 0, "\(outcome)")
        let summary = try SummaryJSON(result)
        let held = summary.rows("Held at the end")
        #expect(held.reduce(0) { $0 + ($1[0] as? Int ?? 0) } == 640, "\(outcome)")
        #expect(held.reduce(0) { $0 + ($1[1] as? Int ?? 0) } == 10, "\(outcome)")
        for functions in held.map({ summary.functions($0[2]) }) where !functions.isEmpty {
            #expect(Array(functions.prefix(3)) == ["malloc", "keep", "use_heap"], "\(functions)")
        }
        let freed = summary.rows("Freed twice")
        #expect(freed.map { "\($0[0])" } == ["1"], "\(outcome)")
        for column in 1...2 {
            #expect(freed.map { summary.functions($0[column])[1] } == ["give_back"], "\(outcome)")
        }
        #expect(summary.rows("Calls").map { "\($0[0])/\($0[1])" } == ["24011/12002"])
    }

    /// Whether this kernel has the tracepoint, and keeps a handler from running in itself (6.2).
    private static var hasPageFaults: Bool {
        var names = utsname()
        uname(&names)
        let release = withUnsafeBytes(of: names.release) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        let numbers = release.split(separator: ".").prefix(2).compactMap { Int($0) }
        let types = (try? Data(contentsOf: URL(filePath: "/sys/kernel/btf/vmlinux"))) ?? Data()
        return !numbers.lexicographicallyPrecedes([6, 2])
            && types.range(of: Data("btf_trace_page_fault_kernel\0".utf8)) != nil
    }
}
