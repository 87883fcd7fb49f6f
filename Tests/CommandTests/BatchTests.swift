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
              - name: stale
                recipe: ./ticks.yaml
                target: { pid-file: ./stale.pid }
            """)
        // Above every id that the kernel gives.
        try ground.place("stale.pid", "4194304\n")
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
            "wrong.yaml:22:25: error: './stale.pid' holds '4194304', but no process has that id",
        ] {
            #expect(result.errors.contains(message), "\(message)\n\(result.errors)")
        }
        let validated = try ground.tool().run(["validate", "wrong.yaml"])
        #expect(validated.status == 3 && validated.errors == result.errors, "\(validated)")
        #expect(validated.output == "wrong: does not fit\n")
    }

    /// As somebody without a single right: the built-in engine cannot run.
    private static let withoutRights = """
        exec setpriv --reuid 65534 --regid 65534 --clear-groups sh -c '
            XDG_STATE_HOME=$(mktemp -d) && export XDG_STATE_HOME
            status=0
            "$@" || status=$?
            rm -rf "$XDG_STATE_HOME"
            exit $status' sh "$@"
        """

    @Test func thatNoEngineCanRunAStepIsSaidBeforeTheFirstStarts() throws {
        let ground = try Ground()
        defer { ground.remove() }
        try ground.write(
            "rightless",
            """
            steps:
              - name: first
                recipe: ./ticks.yaml
                engine: bpf
              - name: conditional
                recipe: ./ticks.yaml
                engine: bpf
                when: first.tick
              - name: second
                recipe: ./ticks.yaml
                engine: bpf
            """)
        let tool = ground.tool(shell: Self.withoutRights)
        let result = try tool.run(["batch", "rightless.yaml"])
        #expect(result.status == 4 && result.output.isEmpty, "\(result)")
        #expect(!result.errors.contains("started") && !result.errors.contains("conditional"))
        #expect(
            result.errors.hasPrefix("rightless.yaml:5:13: error: no engine can run here\n"), "\(result)")
        #expect(result.errors.contains("rightless.yaml:5:13: note: in the step 'first'\n"))
        #expect(result.errors.contains("rightless.yaml:12:13: note: in the step 'second'\n"))
        #expect(result.errors.components(separatedBy: "no engine can run here").count == 2)
        // What 'run' says of each engine.
        let run = try tool.run(["run", "./ticks.yaml", "--engine", "bpf"])
        #expect(run.status == 4 && run.errors.hasPrefix("error: no engine can run here\n"), "\(run)")
        let reasons = run.errors.split(separator: "\n").dropFirst()
        #expect(!reasons.isEmpty)
        for reason in reasons {
            #expect(result.errors.contains(reason + "\n"), "\(reason)\n\(result.errors)")
        }

        let several = try tool.run(["run", "ticks", "./broken.yaml", "--engine", "bpf"])
        #expect(several.status == 3, "\(several)")
        let copy = try ground.read("ticks.yaml").replacing("name: ticks", with: "name: tocks")
        try copy.write(toFile: ground.folder + "/tocks.yaml", atomically: true, encoding: .utf8)
        let both = try tool.run(["run", "ticks", "./tocks.yaml", "--engine", "bpf"])
        #expect(both.status == 4 && both.errors.hasPrefix("error: no engine can run here\n"), "\(both)")
        #expect(
            both.errors.hasSuffix("  note: for the recipe 'ticks'\n  note: for the recipe 'tocks'\n"),
            "\(both)")
    }

    /// What is put into the place of variables is told where they stand.
    @Test func variablesStandForWhatEachValueIs() throws {
        let ground = try Ground()
        defer { ground.remove() }
        try ground.write(
            "filled",
            """
            variables: { seconds: 1, least: 2, engine: bpf, step: first }
            steps:
              - name: "{{step}}"
                recipe: ./ticks.yaml
                timeout: "{{seconds}}s"
                engine: "{{engine}}"
                limits: { MAXERRORS: "{{least}}" }
              - name: second
                recipe: ./ticks.yaml
                timeout: "{{seconds}}00ms"
                when: { step: "{{step}}", recorded: tick, at-least: "{{least}}" }
            """)
        let rehearsed = try ground.tool().run(["batch", "filled.yaml", "--dry-run", "--set", "seconds=3"])
        #expect(
            rehearsed.output == """
                filled: 2 steps, one after the other
                  first   ticks: 0 probed places, for 3s, engine bpf
                  second  ticks: 0 probed places, for 300ms, engine bpf, when 'first' recorded 2 tick

                """, "\(rehearsed)")
        let wrong = try ground.tool().run(
            ["batch", "filled.yaml", "--set", "seconds=soon", "--set", "engine=ebpf", "--set", "least=few"])
        #expect(wrong.status == 3 && wrong.output.isEmpty, "\(wrong)")
        for message in [
            "filled.yaml:7:14: error: 'timeout' of step 'first' is 'soons', expected a duration such as",
            "filled.yaml:8:13: error: 'engine' of step 'first' is 'ebpf', expected 'auto' or 'bpf' or 'stap'",
            "filled.yaml:9:26: error: limit 'MAXERRORS' is text, expected an integer",
            "filled.yaml:13:57: error: 'at-least' of 'when' of step 'second' is text, expected an integer",
        ] {
            #expect(wrong.errors.contains(message), "\(message)\n\(wrong.errors)")
        }
        let validated = try ground.tool().run(["validate", "filled.yaml", "--set", "seconds=soon"])
        #expect(validated.status == 3 && validated.output == "filled: does not fit\n", "\(validated)")
        let unset = try ground.tool().run(["batch", "filled.yaml", "--set", "second=1"])
        #expect(unset.status == 2 && unset.errors.contains("did you mean 'seconds'?"), "\(unset)")
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
        try ground.place("unstartable", "#!/nowhere/there\n", mode: 0o755)
        try ground.write(
            "failing",
            """
            on-error: \(policy)
            steps:
              - name: failing
                recipe: ./ticks.yaml
                target: { command: [./unstartable] }
              - name: other
                recipe: ./ticks.yaml
                timeout: 300ms
            """)
        let result = try ground.tool().run(
            ["batch", "failing.yaml", "--format", "json", "--color", "always"])
        #expect(result.status == 2, "\(result)")
        let steps = try ground.steps(try ground.object(result.output))
        #expect(steps["failing"]?.exitCode == 2)
        #expect(
            steps["failing"]?.messages == [
                "error: cannot execute '\(ground.folder)/unstartable': No such file or directory",
                "  note: the interpreter that its first line names, or its loader, may not be there",
            ])
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

    @Test func guardsOfTheRunbookItsStepsAndTheCommandLine() throws {
        let ground = try Ground()
        defer { ground.remove() }
        try ground.write(
            "guarded",
            """
            max-load: 0.001
            steps:
              - { name: guarded, recipe: ./ticks.yaml, timeout: 300ms }
              - { name: free, recipe: ./ticks.yaml, timeout: 300ms, max-load: 100000 }
            """)
        let result = try ground.tool().run(["batch", "guarded.yaml", "--format", "json"])
        #expect(result.status == 1, "\(result)")
        let steps = try ground.steps(try ground.object(result.output))
        #expect(steps["guarded"]?.exitCode == 1)
        #expect(
            steps["guarded"]?.messages.first?.hasPrefix("error: not begun because of --max-load 0.001: ")
                == true)
        #expect(steps["free"]?.exitCode == 0)
        #expect(try ground.tool().run(["batch", "guarded.yaml", "--max-load", "100000"]).status == 0)
        let none = try ground.tool().run(["batch", "guarded.yaml", "--max-load", "much"])
        #expect(none.status == 2 && none.errors.hasPrefix("error: found '--max-load much', expected"))

        try ground.write(
            "costly",
            "steps:\n  - { recipe: ./ticks.yaml, engine: stap }\n  - { name: b, recipe: ./ticks.yaml }")
        let refused = try ground.tool().run(["batch", "costly.yaml", "--max-overhead", "2%"])
        #expect(refused.status == 3, "\(refused)")
        #expect(
            refused.errors.hasPrefix(
                "costly.yaml:4:15: error: found 'max-overhead' with the engine 'stap', but SystemTap does not "
            ))
        // Nor is SystemTap's engine chosen where it is left open.
        let rightless = try ground.tool(shell: Self.withoutRights).run(
            ["run", "./ticks.yaml", "--max-overhead", "2%"])
        #expect(rightless.status == 4, "\(rightless)")
        #expect(
            rightless.errors.hasSuffix(
                "  note: stap: left out, as it does not tell what probes cost (max-overhead)\n"))
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
            (
                ["--raw", "x"],
                "error: found '--module', '--raw' or '--live' with several recipes"
            ),
            (
                ["--each", "1", "--format", "speedscope"],
                "error: found the form 'speedscope', which holds one run alone"
            ),
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
        #expect(again.said.hasPrefix("quick: done before: "), "\(again.said)")
        kill(again.processIdentifier, SIGINT)
        again.waitUntilExit()
        let steps = try ground.steps(try ground.object(try ground.read("r.json")))
        #expect(steps["quick"]?.exitCode == 0 && (steps["quick"]?.records ?? 0) > 0)
        #expect(steps["slow"]?.end == "interrupted")
    }

    /// What is not there any more is neither reported on as nothing nor taken for what never was.
    @Test func whatIsDamagedIsRunAgainOrRefused() throws {
        let ground = try Ground()
        defer { ground.remove() }
        try ground.write("three", Self.threeSteps)
        #expect(try ground.tool().run(["batch", "three.yaml", "--output", "/dev/full"]).status == 1)
        func damage(_ name: String) throws -> String {
            let file = try #require(
                ground.leftovers.first(where: { $0.hasSuffix(name) }), "\(ground.leftovers)")
            let path = "\(ground.folder)/state/taprecipe/\(file)"
            try "{".write(toFile: path, atomically: true, encoding: .utf8)
            return path
        }
        let summary = try damage("/0.summary.json")
        let resume = ["batch", "three.yaml", "--resume", "--format", "json"]
        let again = try ground.tool().run(resume + ["--output", "/dev/full"])
        #expect(
            again.errors.hasPrefix(
                "warning: '\(summary)' cannot be read, so that the step 'quick' is run again\n"), "\(again)")
        #expect(again.errors.contains("quick: started"), "\(again)")
        #expect(again.errors.contains("slow: done before: "), "\(again)")
        let state = try damage("/state.json")
        let refused = try ground.tool().run(resume)
        #expect(refused.status == 2 && refused.errors.hasPrefix("error: '\(state)', "), "\(refused)")
        #expect(refused.errors.contains(" is damaged\n"), "\(refused)")
    }

    /// A full disk takes along neither what was found nor who is told of it.
    @Test func aReportThatCannotBeWrittenIsNotLost() throws {
        let ground = try Ground()
        defer { ground.remove() }
        try ground.write("three", Self.threeSteps)
        let full = try ground.tool().run([
            "batch", "three.yaml", "--output", "/dev/full", "--notify-command",
            "cat >notes; echo $TAPRECIPE_STATUS >>notes",
        ])
        #expect(full.status == 1, "\(full)")
        #expect(
            full.errors.hasSuffix(
                """
                error: cannot write to '/dev/full': No space left on device
                note: '--resume' with the same words goes on with the steps that are not done, and reports on all

                """), "\(full)")
        let notes = try ground.read("notes")
        #expect(notes.hasPrefix("three: 3 of 3 steps ran") && notes.hasSuffix("\n1\n"), "\(notes)")
        let again = try ground.tool().run(["batch", "three.yaml", "--resume", "--format", "json"])
        #expect(again.status == 0 && !again.errors.contains("started"), "\(again)")
        let steps = try ground.steps(try ground.object(again.output))
        #expect(steps.count == 3 && steps.values.allSatisfy { $0.exitCode == 0 }, "\(again)")
        #expect(ground.leftovers == [], "\(ground.leftovers)")

        let run = try ground.tool().run([
            "run", "./ticks.yaml", "--timeout", "300ms", "--output", "/dev/full", "--follow",
            "--notify-command", "cat >notes",
        ])
        #expect(run.status == 1 && run.errors.hasPrefix("error: cannot write to '/dev/full': "), "\(run)")
        let last = try FollowedLines(run.output).objects.last
        #expect(last?["type"] as? String == "summary" && last?["exitCode"] as? Int == 1, "\(run)")
        #expect(try ground.read("notes").hasPrefix("ticks: "))
    }

    /// Before the first step, not behind the last one.
    @Test func aBatchWithoutRoomForItsReportIsNotBegun() throws {
        let ground = try Ground()
        defer { ground.remove() }
        try ground.write("three", Self.threeSteps)
        let shell = """
            exec unshare --mount --propagation private sh -c '
                mkdir small && mount -t tmpfs -o size=512k small small && exec "$@"' sh "$@"
            """
        let report = try ground.tool(shell: shell).run(["batch", "three.yaml", "-o", "small/report"])
        #expect(report.status == 1 && report.output.isEmpty, "\(report)")
        #expect(
            report.errors.contains(
                " MiB are free in '\(ground.folder)/small', but the report may take 1 MiB\n"))
        var tool = ground.tool(shell: shell.replacing("mkdir small &&", with: ""))
        tool.environment["XDG_STATE_HOME"] = ground.folder + "/small"
        let state = try tool.run(["batch", "three.yaml"])
        #expect(
            state.status == 1
                && state.errors.hasPrefix(
                    "error: 0 MiB are free in '\(ground.folder)/small/taprecipe', but what"),
            "\(state)")
    }

    /// A file has the report: what became of the steps stays there, and then the drawn lines go.
    @Test func aTerminalKeepsTheStepsWhoseReportGoesToAFile() throws {
        let ground = try Ground()
        defer { ground.remove() }
        try ground.write("one", "steps:\n  - { name: one, recipe: ./ticks.yaml, timeout: 300ms }")
        let result = try ground.tool(shell: "exec script -qec \"$*\" /dev/null").run([
            "batch", "one.yaml", "-o", "report.txt",
        ])
        #expect(result.status == 0, "\(result)")
        // As the terminal shows it: what is erased is not there.
        let lines = result.output.replacing("\r\n", with: "\n").split(separator: "\n")
            .map { $0.components(separatedBy: "\r\u{1B}[K").last ?? "" }.filter { !$0.isEmpty }
        #expect(lines.count == 1 && lines[0].contains(/^one +\d+ ticks; complete$/), "\(lines)")
        #expect(try ground.read("report.txt").hasPrefix("one: 1 of 1 step ran; exit code 0\n"))
    }

    @Test func aRecipeIsNoRunbook() throws {
        let ground = try Ground()
        defer { ground.remove() }
        let result = try ground.tool().run(["batch", "ticks.yaml"])
        #expect(
            result.errors.hasPrefix("ticks.yaml:5:1: error: found 'script', as a recipe has it, expected"),
            "\(result)")
        #expect(result.status == 3 && result.errors.hasSuffix("note: run a recipe with 'taprecipe run'\n"))
        let bare = try ground.tool().run(["batch", "ticks"])
        #expect(
            bare.status == 2
                && bare.errors == "error: found no runbook 'ticks' (did you mean 'ticks.yaml'?)\n", "\(bare)")
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
                "\nticks 10\n./ticks.yaml did not run: exit code 2\nticks 2\n"))
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
