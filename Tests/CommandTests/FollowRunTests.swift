import Foundation
import TestSupport
import Testing

/// `--follow`: what happens is told on standard output as it does.
@Suite(.enabled(if: getuid() == 0, "placing probes needs root"), .serialized)
struct FollowRunTests {
    private func words(_ ground: BeatGround, _ timeout: String, _ others: [String] = []) -> [String] {
        [
            "run", ground.folder + "/beats.yaml", "--engine", "bpf", "--no-retry", "--binary", ground.program,
            "--timeout", timeout, "--follow",
        ] + others
    }

    @Test func recordsComeWhileTheRunGoesOn() throws {
        let ground = try BeatGround()
        defer { ground.remove() }
        // The shell says "early" if there are records while the run is still there.
        let shell = """
            : >lines; "$@" >lines & run=$!
            until grep -q '"type":"record"' lines; do kill -0 $run || exit 99; sleep 0.05; done
            kill -0 $run && ! grep -q '"type":"summary"' lines && echo early >&2
            wait $run; status=$?
            cat lines; exit $status
            """
        let result = try Tool(shell: shell).run(words(ground, "8s", ["--", ground.program]))
        #expect(result.status == 0, "\(result)")
        #expect(result.errors == "early\n", "\(result)")
        let lines = try FollowedLines(result.output)
        let types = lines.types
        #expect(types.first == "start" && types.last == "summary", "\(types)")
        #expect(types.contains("phase") && types.contains("ending"), "\(types)")
        let summary = try #require(lines.objects.last?["summary"] as? [String: Any])
        let counts = try #require(summary["records"] as? [[String: Any]])
        #expect(types.count { $0 == "record" } == counts.first?["count"] as? Int, "\(result.output)")
        #expect(lines.objects.last?["exitCode"] as? Int == 0)
        let verdicts = try PublishedSchema("follow", referringTo: ["summary", "batch"]).takes(lines.texts)
        #expect(verdicts == lines.texts.map { _ in true })
    }

    @Test func theSummaryAlsoGoesToAFile() throws {
        let ground = try BeatGround()
        defer { ground.remove() }
        let result = try Tool(directory: ground.folder).run(
            words(ground, "1s", ["--output", "beats.md", "--", ground.program]))
        #expect(result.status == 0, "\(result)")
        #expect(try FollowedLines(result.output).types.last == "summary")
        let text = try String(contentsOfFile: ground.folder + "/beats.md", encoding: .utf8)
        #expect(text.hasPrefix("# beats: "), "\(text)")
    }

    @Test func aReaderThatLeavesEndsTheRun() throws {
        let ground = try BeatGround()
        defer { ground.remove() }
        let shell = """
            { "$@"; echo $? >status; } | sed '/"phase":"trace"/q'
            exit $(cat status)
            """
        let start = ContinuousClock.now
        // Nothing beats, so that no line is there to be written either.
        let result = try Tool(shell: shell).run(words(ground, "50s"))
        #expect(result.status == 130, "\(result)")
        #expect(ContinuousClock.now - start < .seconds(40))
        #expect(result.errors == "note: the reader of standard output has left\n", "\(result)")
        #expect(try FollowedLines(result.output).types.last == "phase")
    }

    /// As where a terminal's Ctrl-C reaches both: that the reader goes is no second Ctrl-C, which would end the run at once.
    @Test func aReaderThatIsInterruptedTooEndsTheRunInOrder() throws {
        let ground = try BeatGround()
        defer { ground.remove() }
        try """
        name: ends
        summary: a long end
        script: |
          probe timer.s(50) { next }
          probe end {
              for (i = 0; i < 1000000; i++) next_one = i + 1
              printf("end: %d\\n", next_one)
          }
        limits: { MAXACTION: 10000000 }
        records:
          end: { line: "end: {number:integer}" }
        """.write(toFile: ground.folder + "/ends.yaml", atomically: true, encoding: .utf8)
        let shell = """
            mkfifo pipe
            while read -r line; do case $line in *'"phase":"trace"'*) echo >said ;; esac; done <pipe & reader=$!
            "$@" >pipe & run=$!
            until [ -s said ]; do kill -0 $run || exit 99; sleep 0.05; done
            kill -INT $run; kill -TERM $reader
            wait $run
            """
        let result = try Tool(directory: ground.folder, shell: shell).run([
            "run", ground.folder + "/ends.yaml", "--engine", "bpf", "--no-retry", "--timeout", "50s",
            "--follow",
            "--output", "ends.json", "--raw", "ends.raw",
        ])
        #expect(result.status == 130, "\(result)")
        let raw = try String(contentsOfFile: ground.folder + "/ends.raw", encoding: .utf8)
        #expect(raw == "end: 1000000\n", "\(result)")
    }

    @Test func aSummaryThatIsKeptIsOfAllThoughTheReaderLeaves() throws {
        let ground = try BeatGround()
        defer { ground.remove() }
        try String(repeating: "beat of 7\n", count: 200_000)
            .write(toFile: ground.folder + "/saved", atomically: true, encoding: .utf8)
        let shell = """
            { "$@"; echo $? >status; } | head -n 1
            exit $(cat status)
            """
        let result = try Tool(directory: ground.folder, shell: shell).run([
            "report", "saved", "--recipe", "./beats.yaml", "--follow", "--output", "kept.json",
        ])
        #expect(result.status == 130, "\(result)")
        let text = try Data(contentsOf: URL(filePath: ground.folder + "/kept.json"))
        let summary = try #require(JSONSerialization.jsonObject(with: text) as? [String: Any])
        let records = try #require(summary["records"] as? [[String: Any]])
        #expect(records.first?["count"] as? Int == 200_000, "\(records)")
    }

    @Test func aRunThatFailsSaysSoInItsLastLine() throws {
        let ground = try BeatGround()
        defer { ground.remove() }
        // That its interpreter is not there shows when it is started.
        let program = ground.folder + "/unstartable"
        try "#!/nowhere/there\n".write(toFile: program, atomically: true, encoding: .utf8)
        chmod(program, 0o755)
        let result = try Tool().run(words(ground, "1s", ["--", program]))
        #expect(result.status == 2, "\(result)")
        let lines = try FollowedLines(result.output)
        #expect(lines.types.last == "failure", "\(result)")
        #expect(lines.objects.last?["exitCode"] as? Int == 2)
    }

    // MARK: A saved output

    @Test func aSavedOutputIsFollowedAsItComes() throws {
        let ground = try BeatGround()
        defer { ground.remove() }
        let shell = """
            { echo 'beat of 1'; until grep -q '"pid":1' lines 2>/dev/null; do sleep 0.05; done; echo 'beat of 2'; } |
                "$@" >lines
            status=$?; cat lines; exit $status
            """
        let result = try Tool(shell: shell).run([
            "report", "-", "--recipe", ground.folder + "/beats.yaml", "--follow",
        ])
        #expect(result.status == 0, "\(result)")
        #expect(try FollowedLines(result.output).types == ["start", "record", "record", "summary"])
    }

    // MARK: What does not go together

    @Test(arguments: [
        (["--quiet"], "found '--follow' with '--quiet'"),
        (["--format", "html"], "found '--format html' with '--follow', which prints lines of JSON"),
    ])
    func standardOutputHasOneUse(words: [String], message: String) throws {
        let ground = try BeatGround()
        defer { ground.remove() }
        let result = try Tool().run(self.words(ground, "1s", words))
        #expect(result.status == 2 && result.output.isEmpty)
        #expect(result.errors.hasPrefix("error: \(message)"), "\(result)")
    }

    @Test func aJobIsNotFollowed() throws {
        let ground = try BeatGround()
        defer { ground.remove() }
        let result = try Tool().run([
            "schedule", ground.folder + "/beats.yaml", "--every", "1h", "--binary", ground.program,
            "--follow",
        ])
        #expect(result.status == 2, "\(result)")
        #expect(result.errors.hasPrefix("error: found '--follow', but nobody reads"), "\(result)")
    }
}
