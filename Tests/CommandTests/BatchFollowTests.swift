import Foundation
import TestSupport
import Testing

/// `--follow` of several runs: what happens in each step is told on standard output as it does.
@Suite(.enabled(if: getuid() == 0, "placing probes needs root"), .serialized)
struct BatchFollowTests {
    private func ground(_ steps: String) throws -> Ground {
        let ground = try Ground()
        try ground.write("followed", steps)
        try ground.place("unstartable", "#!/nowhere/there\n", mode: 0o755)
        return ground
    }

    private static let twoAtATime = """
        jobs: 2
        steps:
          - { name: one, recipe: ./ticks.yaml, parameters: { every: 1 }, timeout: 2s, fail-if: tick }
          - { name: two, recipe: ./ticks.yaml, parameters: { every: 1 }, timeout: 2s }
          - { name: absent, recipe: ./ticks.yaml, target: { command: [./unstartable] } }
          - { name: unwanted, recipe: ./ticks.yaml, when: absent.tick }
        """

    /// Several steps at a time: whole lines, each with its step, and a run's lines in each step's.
    @Test func everyLineSaysWhichStepItIsOf() throws {
        let ground = try ground(Self.twoAtATime)
        defer { ground.remove() }
        let result = try ground.tool().run(["batch", "followed.yaml", "--follow", "--output", "all.json"])
        #expect(result.status == 10, "\(result)")
        let lines = try FollowedLines(result.output)
        #expect(lines.types.first == "batch-start" && lines.types.last == "report", "\(lines.types)")
        let outline = try #require(lines.objects.first?["steps"] as? [[String: String]])
        #expect(outline.map { $0["name"] } == ["one", "two", "absent", "unwanted"])
        for step in ["one", "two"] {
            let own = lines.of(step)
            #expect(own.types.prefix(2) == ["step-start", "start"], "\(own.types)")
            #expect(own.types.suffix(2) == ["summary", "step-end"], "\(own.types)")
            let summary = try #require(own.objects.dropLast().last?["summary"] as? [String: Any])
            let counts = try #require(summary["records"] as? [[String: Any]])
            #expect(own.types.count { $0 == "record" } == counts.first?["count"] as? Int)
        }
        // They ran together, so their lines stand among each other.
        let records = lines.objects.filter { $0["type"] as? String == "record" }
        let changes = zip(records, records.dropFirst()).count {
            $0["step"] as? String != $1["step"] as? String
        }
        #expect(changes > 1, "\(changes)")
        #expect(lines.of("absent").types.suffix(2) == ["failure", "step-end"])
        #expect(lines.of("unwanted").types == ["step-end"])
        let ends = lines.objects.filter { $0["type"] as? String == "step-end" }
        let codes = ends.map { ($0["step"] as? String ?? "", $0["exitCode"] as? Int) }
        #expect(Dictionary(uniqueKeysWithValues: codes) == ["one": 10, "two": 0, "absent": 2, "unwanted": 6])
        let absent = try #require(lines.of("absent").objects.last)
        #expect(
            absent["result"] as? String
                == "failed: cannot execute '\(ground.folder)/unstartable': No such file or directory")
        #expect(absent["end"] as? NSDictionary == ["kind": "exited", "exitCode": 2])
        let report = try #require(lines.objects.last?["report"] as? NSDictionary)
        #expect(report == (try ground.object(try ground.read("all.json"))) as NSDictionary)
        #expect(lines.objects.last?["exitCode"] as? Int == 10)
        let judged = lines.texts.filter { !$0.contains("\"type\":\"record\"") } + [lines.texts[10]]
        let verdicts = try PublishedSchema("follow", referringTo: ["summary", "batch"]).takes(judged)
        #expect(verdicts == judged.map { _ in true })
    }

    @Test func severalRecipesAreFollowedToo() throws {
        let ground = try Ground()
        defer { ground.remove() }
        let copy = try ground.read("ticks.yaml").replacing("name: ticks", with: "name: tocks")
        try copy.write(toFile: ground.folder + "/tocks.yaml", atomically: true, encoding: .utf8)
        let result = try ground.tool().run([
            "run", "ticks", "./tocks.yaml", "--timeout", "300ms", "--follow",
        ])
        #expect(result.status == 0, "\(result)")
        let lines = try FollowedLines(result.output)
        #expect(lines.objects.first?["runbook"] as? String == "run")
        #expect(lines.of("ticks").types.contains("record") && lines.of("tocks").types.contains("record"))
        #expect(lines.types.last == "report")
    }

    private static let slow = """
        steps:
          - { name: quick, recipe: ./ticks.yaml, timeout: 300ms }
          - { name: slow, recipe: ./ticks.yaml, timeout: 60s }
          - { name: last, recipe: ./ticks.yaml, timeout: 300ms }
        """

    /// As Ctrl-C does, with nothing lost: '--resume' goes on.
    @Test func aReaderThatLeavesEndsTheBatchInOrder() throws {
        let ground = try ground(Self.slow)
        defer { ground.remove() }
        let shell = """
            { "$@"; echo $? >status; } | sed '/"step":"slow".*"type":"record"/q'
            exit $(cat status)
            """
        let start = ContinuousClock.now
        let result = try ground.tool(shell: shell).run([
            "batch", "followed.yaml", "--follow", "--output", "all.json",
        ])
        #expect(result.status == 130, "\(result)")
        #expect(ContinuousClock.now - start < .seconds(40))
        #expect(result.errors.contains("note: the reader of standard output has left\n"), "\(result)")
        #expect(result.errors.contains("note: '--resume'"), "\(result)")
        #expect(result.output.hasSuffix("\"type\":\"record\"}\n"), "\(result)")
        let steps = try ground.steps(try ground.object(try ground.read("all.json")))
        #expect(steps["quick"]?.exitCode == 0 && steps["slow"]?.end == "interrupted")
        #expect(steps["last"]?.detail == "interrupted")
        #expect(ground.leftovers.contains { $0.hasSuffix("/state.json") }, "\(ground.leftovers)")
    }

    /// The batch does not wait for it, and what it misses is counted.
    @Test func aSlowReaderHoldsUpNothing() throws {
        let ground = try ground(
            """
            steps:
              - { name: many, recipe: ./words.yaml, timeout: 60s }
              - { name: next, recipe: ./ticks.yaml, timeout: 300ms }
            """)
        defer { ground.remove() }
        // 20 MB of lines in JSON, of which 8 MiB wait.
        try """
        name: words
        summary: many long lines
        script: |
          probe timer.ms(1) {
              for (n = 0; n < 50; n++) { printf("word: %d \(String(repeating: "x", count: 400))\\n", n); total++ }
              if (total >= 40000) exit()
          }
          global total, n
        records:
          word: { line: "word: {number:integer} {text}" }

        """.write(toFile: ground.folder + "/words.yaml", atomically: true, encoding: .utf8)
        // It reads nothing before the batch has written its report.
        let shell = """
            "$@" | { until [ -e all.json ]; do sleep 0.1; done; cat; }
            """
        let result = try ground.tool(shell: shell).run([
            "batch", "followed.yaml", "--follow", "--output", "all.json",
        ])
        let lines = try FollowedLines(result.output)
        #expect(lines.types.last == "report", "\(result.errors)")
        let omitted = lines.objects.compactMap { $0["lines"] as? Int }.reduce(0, +)
        let told = lines.types.count { $0 == "record" }
        let steps = try ground.steps(try ground.object(try ground.read("all.json")))
        #expect(omitted > 0 && told > 0)
        #expect(lines.types.count { $0 == "step-start" } == 2 && lines.types.count { $0 == "step-end" } == 2)
        #expect(told + omitted >= (steps["many"]?.records ?? .max), "\(told) + \(omitted), \(steps)")
    }

    @Test(arguments: [
        (["--quiet"], "found '--follow' with '--quiet'"),
        (["--format", "html"], "found '--format html' with '--follow', which prints lines of JSON"),
    ])
    func standardOutputHasOneUse(words: [String], message: String) throws {
        let ground = try ground(Self.slow)
        defer { ground.remove() }
        let result = try ground.tool().run(["batch", "followed.yaml", "--follow"] + words)
        #expect(result.status == 2 && result.output.isEmpty)
        #expect(result.errors.hasPrefix("error: \(message)"), "\(result)")
    }

    @Test func aJobIsNotFollowed() throws {
        let ground = try ground(Self.slow)
        defer { ground.remove() }
        let result = try ground.tool().run(["schedule", "followed.yaml", "--every", "1h", "--follow"])
        #expect(result.status == 2, "\(result)")
        #expect(result.errors.hasPrefix("error: found '--follow', but nobody reads"), "\(result)")
    }
}
