import Foundation
import Testing

/// Recipes on processes and threads whose beginnings and ends are not the plain ones (`Tests/Programs/family.c`), by the
/// built-in engine.
@Suite(.enabled(if: getuid() == 0, "placing probes needs root"), .serialized)
final class FamilyRecipeTests {
    private let built: BuiltProgram
    private var program: String { built.path }
    private var folder: String { built.folder }

    init() throws { built = try BuiltProgram("family", options: "-pthread") }

    /// The lines that a recipe's script prints of a mode, sorted, with words for process ids and times.
    private func lines(_ recipe: String, _ arguments: [String] = [], mode: String) throws -> [String] {
        let raw = folder + "/raw"
        let result = try Tool().run(
            ["run", recipe, "--engine", "bpf", "--timeout", "30s", "--raw", raw] + arguments
                + ["--", program, mode], limit: 90)
        #expect(result.status == 0 && result.output.contains("; complete\n"), "\(result)")
        return try String(contentsOfFile: raw, encoding: .utf8).split(separator: "\n")
            .map {
                String($0).replacing(/(ended|parent|from|to|process): [1-9]\d*/) { "\($0.1): ID" }
                    .replacing(/after: \d+ us/, with: "after: TIME")
            }.sorted()
    }

    /// A process ends with its last thread, and goes on where a thread starts another program.
    @Test func processesEndWithTheirLastThread() throws {
        let words = ["--shorter-than", "20s"]
        #expect(
            try lines("short-lived", words, mode: "leader") == [
                "ended: ID after: TIME code: 7 signal: 0 name: family parent: ID family"
            ])
        #expect(
            try lines("short-lived", words, mode: "exec") == [
                "ended: ID after: TIME code: 0 signal: 0 name: sleep parent: ID family"
            ])
        #expect(try lines("short-lived", ["--shorter-than", "200ms"], mode: "exec").isEmpty)
    }

    @Test func descendantsWhoseParentIsGoneAreFollowed() throws {
        let ends = try lines("short-lived", ["--shorter-than", "20s"], mode: "orphan")
        #expect(ends.count == 6, "\(ends)")
        #expect(ends.count { $0.contains("code: 3 signal: 0 name: family parent: ID ") } == 3, "\(ends)")
    }

    /// As with nginx, whose first process calls next to none of what its workers do.
    @Test(arguments: [
        ("function-calls", "calls: 30 process: ID call at: ", 2), ("call-flow", "flow: ", 120),
        ("function-variables", "hit: ", 60), ("executed-lines", " hits: 60 at: work@", 2),
    ])
    func workersAreFollowed(recipe: String, words: String, count: Int) throws {
        let found = try lines(recipe, ["--binary", program, "--function", "work"], mode: "workers")
        #expect(found.count { $0.contains(words) } == count, "\(found)")
    }

    /// The kernel takes no probe at an instruction with a LOCK prefix, and says so of files that somebody has mapped only.
    @Test func whatTakesNoProbeIsNotCalledNeverCalled() throws {
        func run(_ function: String) throws -> (grade: String, losses: [String: Int]) {
            let result = try Tool().run(
                [
                    "run", "function-calls", "--engine", "bpf", "--binary", program, "--function", function,
                    "--timeout", "30s", "--format", "json", "--", program, "atomic",
                ], limit: 90)
            #expect(result.errors.contains("(the kernel takes none at this instruction)"), "\(result)")
            let json = try #require(
                JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any], "\(result)")
            let losses = try #require(json["losses"] as? [[String: Any]]).map {
                ($0["kind"] as? String ?? "", $0["count"] as? Int ?? 0)
            }
            return (json["grade"] as? String ?? "", Dictionary(losses) { first, _ in first })
        }
        let one = try run("add_atomically")
        #expect(one.grade == "inconclusive" && one.losses == ["unplaced-probes": 1])
        let many = try run("*@*family.c")
        #expect(many.grade == "degraded" && many.losses == ["unplaced-probes": 1])
    }

    /// While probes are placed, calls go on: one that is seen must have its return seen, or all others look nested in it.
    @Test func callsThatAreSeenReturnHoweverLongPlacingTakes() async throws {
        let busy = Process()
        busy.executableURL = URL(fileURLWithPath: program)
        busy.arguments = ["busy"]
        try busy.run()
        // It may have inherited that SIGTERM is blocked.
        defer { kill(busy.processIdentifier, SIGKILL) }
        // Two at once hold each other up.
        for _ in 0..<3 {
            let words = [
                "run", "call-flow", "--engine", "bpf", "--binary", program, "--function", "work", "--pid",
                "\(busy.processIdentifier)", "--timeout", "300ms", "--steps", "100", "--raw", "/dev/stdout",
                "--output", "/dev/null",
            ]
            async let first = Tool().run(words, limit: 60)
            async let second = Tool().run(words, limit: 60)
            for result in try await [first, second] {
                let flow = result.output.split(separator: "\n").filter { $0.hasPrefix("flow: ") }
                #expect(flow.count == 100 && flow.allSatisfy { !$0.contains("us | ") }, "\(result)")
            }
        }
    }

    /// Whoever runs when a timer goes off has nothing to do with it.
    @Test func aTimersSignalsComeFromNobody() throws {
        let signals = try lines("signals", mode: "timers")
        let timers = ["SIGALRM": 5, "SIGUSR2": 4].map { name, count in
            (signals.count { $0 == "signal: \(name) sent from: 0 timer to: ID family" }, count)
        }
        #expect(timers.allSatisfy { $0.0 >= $0.1 }, "\(signals)")
        #expect(signals.contains("signal: SIGUSR2 sent from: ID family to: ID family"), "\(signals)")
    }
}
