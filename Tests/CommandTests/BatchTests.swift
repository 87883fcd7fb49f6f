import Foundation
import Testing

/// Runbooks as a user runs them, on recipes that tick until the traced command or their time ends.
@Suite(.enabled(if: getuid() == 0, "placing probes needs root"), .serialized)
struct BatchTests {
    // MARK: Checking

    @Test func everythingIsCheckedBeforeTheFirstStepStarts() throws {
        let ground = try Ground()
        defer { ground.remove() }
        try ground.write(
            "wrong",
            """
            variables: { least: 5 }
            steps:
              - name: good
                recipe: ./ticks.yaml
              - recipe: tiks
              - name: parameters
                recipe: ./ticks.yaml
                parameters: { every: "{{least}} ms", wit: 5 }
                fail-if: tock
              - name: script
                recipe: ./broken.yaml
              - name: target
                recipe: ./ticks.yaml
                target: { pid: 99999999 }
                when: good.tock
              - name: file
                recipe: ./absent.yaml
            """)
        let result = try ground.tool().run(["batch", "wrong.yaml"])
        #expect(result.status == 3 && result.output.isEmpty, "\(result)")
        #expect(!result.errors.contains("started"))
        for message in [
            "wrong.yaml:7:13: error: there is no recipe 'tiks' (did you mean 'ticks'?)",
            "wrong.yaml:11:14: error: recipe 'ticks' has no record 'tock' (did you mean 'tick'?)",
            "wrong.yaml:10:42: error: recipe 'ticks' has no parameter 'wit'",
            "wrong.yaml:10:26: error: 'every' is '5 ms', expected",
            "./broken.yaml:4:25: error: ", "wrong.yaml:13:13: note: in the step 'script'",
            "wrong.yaml:16:20: error: 'pid' is '99999999', expected a process id from 1 to 4194304",
            "wrong.yaml:17:16: error: recipe 'ticks' has no record 'tock'",
            "wrong.yaml:19:13: error: cannot read recipe './absent.yaml': no such file or directory",
        ] {
            #expect(result.errors.contains(message), "\(message)\n\(result.errors)")
        }
        let validated = try ground.tool().run(["validate", "wrong.yaml"])
        #expect(validated.status == 3 && validated.errors == result.errors, "\(validated)")
        #expect(validated.output == "wrong: does not fit\n")
    }

    @Test func aRehearsalSaysWhatEachStepWouldDo() throws {
        let ground = try Ground()
        defer { ground.remove() }
        try ground.write(
            "good",
            """
            budget: 90s
            steps:
              - name: first
                recipe: ./ticks.yaml
                timeout: 2s
              - name: second
                recipe: ./ticks.yaml
                when: { step: first, recorded: tick, at-least: 3 }
            """)
        let result = try ground.tool().run(["batch", "good.yaml", "--dry-run", "--jobs", "2"])
        #expect(
            result.output == """
                good: 2 steps, up to 2 together, within 90s
                  first   ticks: 0 probed places, for 2s, engine bpf
                  second  ticks: 0 probed places, for 1m, engine bpf, when 'first' recorded 3 tick

                """, "\(result)")
        #expect(result.status == 0)
        let validated = try ground.tool().run(["validate", "good.yaml", "--format", "json"])
        let document = try ground.object(validated.output)
        let item = try #require((document["checked"] as? [[String: Any]])?.first)
        #expect(item["kind"] as? String == "runbook" && item["verdict"] as? String == "fits")
        #expect((item["steps"] as? [[String: String]])?.map { $0["name"] } == ["first", "second"])
    }

    // MARK: Running

    @Test func stepsRunWhenAnEarlierOneRecordedEnough() throws {
        let ground = try Ground()
        defer { ground.remove() }
        try ground.write(
            "conditions",
            """
            steps:
              - name: ticking
                recipe: ./ticks.yaml
                timeout: 1s
                fail-if: tick
              - name: wanted
                recipe: ./ticks.yaml
                timeout: 300ms
                when: ticking.tick
              - name: unwanted
                recipe: ./ticks.yaml
                when: { step: ticking, recorded: tick, at-least: 1000 }
              - name: of-unwanted
                recipe: ./ticks.yaml
                when: unwanted.tick
            """)
        let result = try ground.tool().run(["batch", "conditions.yaml", "--format", "json"])
        #expect(result.status == 10, "\(result)")
        let report = try ground.object(result.output)
        #expect(report["format"] as? String == "taprecipe.batch")
        #expect(report["exitCode"] as? Int == 10)
        let steps = try ground.steps(report)
        #expect(steps["ticking"]?.exitCode == 10)
        #expect((steps["ticking"]?.records ?? 0) > 0)
        #expect(steps["wanted"]?.exitCode == 0)
        #expect(steps["unwanted"]?.detail == "condition")
        #expect(steps["of-unwanted"]?.detail == "condition-unknown")
        #expect(ground.leftovers == [], "\(ground.leftovers)")
    }

    @Test(arguments: ["continue", "stop"])
    func aStepThatFailsHidesNoOther(policy: String) throws {
        let ground = try Ground()
        defer { ground.remove() }
        try ground.write(
            "failing",
            """
            on-error: \(policy)
            steps:
              - name: failing
                recipe: ./ticks.yaml
                target: { command: [/nowhere/there] }
              - name: other
                recipe: ./ticks.yaml
                timeout: 300ms
            """)
        let result = try ground.tool().run(["batch", "failing.yaml", "--format", "json"])
        #expect(result.status == 2, "\(result)")
        let steps = try ground.steps(try ground.object(result.output))
        #expect(steps["failing"]?.exitCode == 2)
        #expect(steps["failing"]?.messages == ["error: found no program '/nowhere/there' to start"])
        if policy == "stop" {
            #expect(steps["other"]?.detail == "stopped")
        } else {
            #expect(steps["other"]?.exitCode == 0)
        }
    }

    @Test func asManyStepsRunTogetherAsMay() throws {
        let ground = try Ground()
        defer { ground.remove() }
        let steps = (1...3).map { "  - { name: s\($0), recipe: ./ticks.yaml, timeout: 3s }" }
        try ground.write("parallel", "jobs: 2\nsteps:\n" + steps.joined(separator: "\n"))
        let result = try ground.tool().run(["batch", "parallel.yaml"])
        #expect(result.status == 0, "\(result)")
        let events = result.errors.split(separator: "\n").map { $0.contains(": started") ? "start" : "end" }
        #expect(events.prefix(3) == ["start", "start", "end"], "\(result.errors)")
        #expect(events.count == 6, "\(result.errors)")
    }

    @Test func withoutTimeLeftNoStepStarts() throws {
        let ground = try Ground()
        defer { ground.remove() }
        try ground.write(
            "spent",
            """
            steps:
              - name: endless
                recipe: ./ticks.yaml
                timeout: 10m
              - name: never
                recipe: ./ticks.yaml
            """)
        let result = try ground.tool().run(["batch", "spent.yaml", "--budget", "8s", "--format", "json"])
        #expect(result.status == 6, "\(result)")
        let steps = try ground.steps(try ground.object(result.output))
        #expect(steps["endless"]?.end == "deadline" && (steps["endless"]?.records ?? 0) > 0, "\(result)")
        #expect(steps["never"]?.detail == "budget")
        #expect(result.errors.contains("--resume"))
    }

    @Test func severalRecipesTakeWhatEachHasOfTheSameWords() throws {
        let ground = try Ground()
        defer { ground.remove() }
        let tocks = try ground.read("ticks.yaml").replacing("tick", with: "tock")
            .replacing("default: 20", with: "required: true").replacing("every", with: "each")
        try tocks.write(toFile: ground.folder + "/tocks.yaml", atomically: true, encoding: .utf8)
        func run(_ words: String...) throws -> Tool.Result {
            try ground.tool().run(["run", "ticks", "./tocks.yaml"] + words + ["--timeout", "300ms"])
        }
        let result = try run("--each", "30", "--fail-if", "tock", "--format", "json")
        #expect(result.status == 10, "\(result)")
        let steps = try ground.steps(try ground.object(result.output))
        #expect(steps["ticks"]?.exitCode == 0 && (steps["ticks"]?.records ?? 0) > 0)
        #expect(steps["tocks"]?.exitCode == 10)
        #expect(!result.errors.contains("--resume") && ground.leftovers == [])

        for (words, message) in [
            (["--each", "x"], "error: '--each' is 'x', expected an integer\n"),
            ([], "error: '--each' is required and missing\n  note: for the recipe 'tocks'\n"),
            (
                ["--eech", "1"],
                "error: none of the recipes has a parameter 'eech' (did you mean '--each'?)\n"
            ),
            (["--fail-if", "tack"], "error: none of the recipes has a record 'tack'"),
            (["--raw", "x"], "error: found '--module', '--raw' or '--live' with several recipes"),
            (["--each", "1", "--format", "csv"], "error: found the form 'csv', which holds one run alone"),
        ] {
            let refused = try ground.tool().run(["run", "ticks", "./tocks.yaml"] + words)
            #expect([2, 3].contains(refused.status) && refused.errors.hasPrefix(message), "\(refused)")
        }
        let twice = try ground.tool().run(["run", "ticks", "ticks"])
        #expect(twice.status == 2 && twice.errors.hasPrefix("error: recipe 'ticks' is named twice"))
        let rehearsed = try run("--each", "5", "--dry-run")
        #expect(
            rehearsed.output.hasPrefix("run: 2 steps, one after the other\n  ticks  ticks: "), "\(rehearsed)")
    }

    // MARK: Interrupted and killed

    private static let threeSteps = """
        steps:
          - name: quick
            recipe: ./ticks.yaml
            timeout: 300ms
          - name: slow
            recipe: ./ticks.yaml
            target: { command: [/bin/sh, -c, "echo it goes on; exec sleep {{seconds}}"] }
          - name: last
            recipe: ./ticks.yaml
            timeout: 300ms
        variables: { seconds: 1 }
        """

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func interruptedStepsEndPolitelyAndTheRestIsLeft(signal: Int32) throws {
        let ground = try Ground()
        defer { ground.remove() }
        try ground.write("three", Self.threeSteps)
        let run = try ground.start(["three.yaml", "--set", "seconds=100", "--output", "report.json"])
        #expect(run.says("slow: it goes on"))
        kill(run.processIdentifier, signal)
        run.waitUntilExit()
        #expect(run.terminationStatus == 130)
        let steps = try ground.steps(try ground.object(try ground.read("report.json")))
        #expect(steps["quick"]?.exitCode == 0)
        #expect(steps["slow"]?.exitCode == 130 && steps["slow"]?.end == "interrupted")
        #expect(steps["last"]?.detail == "interrupted")
    }

    @Test func aKilledRunGoesOnWhereItWas() throws {
        let ground = try Ground()
        defer { ground.remove() }
        try ground.write("three", Self.threeSteps)
        let nothing = try ground.tool().run(["batch", "three.yaml", "--resume"])
        #expect(nothing.status == 2 && nothing.errors.contains("found no run of 'three' to resume"))

        let run = try ground.start(["three.yaml"] + ["--set", "seconds=100"])
        #expect(run.says("slow: it goes on"))
        let second = try ground.tool().run(["batch", "three.yaml", "--set", "seconds=100"])
        #expect(second.status == 1 && second.errors.contains("is being run already, by process"), "\(second)")
        kill(run.processIdentifier, SIGKILL)
        run.waitUntilExit()
        #expect(try ground.processesEnd(), "a step's process lives on")

        let other = try ground.tool().run(["batch", "three.yaml", "--resume", "--set", "seconds=2"])
        #expect(other.status == 2 && other.errors.contains("found no run"), "\(other)")
        let text = try ground.read("three.yaml")
        try ground.write("three", Self.threeSteps + "# more")
        let changed = try ground.tool().run(["batch", "three.yaml", "--resume", "--set", "seconds=100"])
        #expect(changed.status == 2 && changed.errors.contains("was changed since"), "\(changed)")
        try text.write(toFile: ground.folder + "/three.yaml", atomically: true, encoding: .utf8)

        let again = try ground.start(["three.yaml", "--resume", "--set", "seconds=100", "--output", "r.json"])
        #expect(again.says("slow: it goes on"))
        #expect(!again.said.contains("quick: started"))
        kill(again.processIdentifier, SIGINT)
        again.waitUntilExit()
        let steps = try ground.steps(try ground.object(try ground.read("r.json")))
        #expect(steps["quick"]?.exitCode == 0 && (steps["quick"]?.records ?? 0) > 0)
        #expect(steps["slow"]?.end == "interrupted")
    }

    // MARK: Unattended

    @Test func whereNothingIsNotableNothingIsPrinted() throws {
        let ground = try Ground()
        defer { ground.remove() }
        try ground.write(
            "quiet",
            """
            variables: { name: tick }
            steps:
              - { name: ticks, recipe: ./ticks.yaml, timeout: 300ms }
            """)
        let notify = [
            "--quiet", "--notify-command", "cat >>notes; echo $TAPRECIPE_NAME $TAPRECIPE_STATUS >>notes",
        ]
        let silent = try ground.tool().run(["batch", "quiet.yaml"] + notify)
        #expect(silent.status == 0 && silent.output.isEmpty && silent.errors.isEmpty, "\(silent)")
        #expect(try ground.tool().run(["run", "./ticks.yaml", "--timeout", "300ms"] + notify).output.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: ground.folder + "/notes"))

        let text = try ground.read("quiet.yaml").replacing("300ms }", with: "300ms, fail-if: tick }")
        try text.write(toFile: ground.folder + "/quiet.yaml", atomically: true, encoding: .utf8)
        let loud = try ground.tool().run(["batch", "quiet.yaml"] + notify)
        #expect(loud.status == 10 && loud.output.hasPrefix("quiet: 1 of 1 step ran; exit code 10"), "\(loud)")
        #expect(loud.errors.isEmpty)
        let notes = try ground.read("notes")
        #expect(notes.hasPrefix("quiet: 1 of 1 step ran; exit code 10\n") && notes.hasSuffix("\nquiet 10\n"))

        let run = try ground.tool().run(
            ["run", "./ticks.yaml", "--timeout", "300ms", "--fail-if", "tick"] + notify)
        #expect(run.status == 10 && run.output.hasPrefix("ticks: "), "\(run)")
        let missing = try ground.tool().run(["run", "./ticks.yaml", "--every", "x"] + notify)
        #expect(missing.status == 2)
        #expect(
            try ground.read("notes").hasSuffix(
                "\nticks 10\n./ticks.yaml did not run: exit code 2\n./ticks.yaml 2\n"))
    }

    @Test func aLockIsHeldByOneRunAtATime() throws {
        let ground = try Ground()
        defer { ground.remove() }
        try ground.write("three", Self.threeSteps)
        let name = "test-\(UUID().uuidString.lowercased().filter { $0 != "-" }.drop { $0.isNumber })"
        let run = try ground.start(["three.yaml", "--set", "seconds=100", "--lock", name])
        #expect(run.says("slow: it goes on"))
        let other = try ground.tool().run(["run", "./ticks.yaml", "--lock", name])
        #expect(other.status == 1, "\(other)")
        #expect(
            other.errors.hasPrefix(
                "error: nothing was run, as another run holds the lock '\(name)', process \(run.processIdentifier)\n"
            ))
        kill(run.processIdentifier, SIGKILL)
        run.waitUntilExit()
        #expect(try ground.processesEnd())
        let after = try ground.tool().run(["run", "./ticks.yaml", "--timeout", "300ms", "--lock", name])
        #expect(after.status == 0, "\(after)")
        #expect(try ground.tool().run(["run", "./ticks.yaml", "--lock", "../x"]).status == 2)
    }
}
