import Foundation
import TestSupport
import Testing

/// That a run says which processes its probes did not reach.
@Suite(.serialized, .enabled(if: getuid() == 0, "placing probes needs root")) struct ProbeReachTests {
    /// Threads that wait for each other's mutex, for as many seconds as it is told.
    private static let contended = """
        #include <pthread.h>
        #include <stdlib.h>
        #include <unistd.h>
        static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
        static void *wait_long(void *unused)
        {
            for (;;) {
                pthread_mutex_lock(&mutex);
                usleep(3000);
                pthread_mutex_unlock(&mutex);
                usleep(10);
            }
        }
        static void *end_later(void *seconds)
        {
            sleep(atoi(seconds));
            exit(0);
        }
        int main(int count, char **words)
        {
            pthread_t threads[3];
            for (int i = 0; i < 3; i++) pthread_create(&threads[i], 0, i ? wait_long : end_later, words[1]);
            pthread_join(threads[0], 0);
        }
        """
    private static let libc = "/lib/x86_64-linux-gnu/libc.so.6"

    private func contended(_ ground: Ground, _ options: String = "") throws -> String {
        let program = ground.folder + "/contended"
        try ground.place("contended.c", Self.contended)
        try TestTool.shell("gcc -g -O1 -pthread \(options) -o '\(program)' '\(program).c'")
        return program
    }

    private func started(
        _ program: String, _ words: [String], environment: [String: String] = [:], output: Pipe? = nil
    ) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = words
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let output { process.standardOutput = output }
        try process.run()
        return process
    }

    /// Waits until a process has mapped a file, which it does some time after it was started.
    private func waitUntil(_ process: Process, hasMapped file: String) throws {
        for _ in 0..<1000 {
            let maps =
                (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/maps", encoding: .utf8))
                ?? ""
            if maps.contains(file) { return }
            usleep(10_000)
        }
        Issue.record("process \(process.processIdentifier) has not mapped '\(file)'")
    }

    /// As in a container, which has its own libc: the default is the target's, and another one is not said to be well.
    @Test func theTargetsOwnLibraryIsProbed() throws {
        let ground = try Ground()
        defer { ground.remove() }
        let program = try contended(ground)
        let copy = ground.folder + "/own/libc.so.6"
        try ground.place("own/empty", "")
        try FileManager.default.copyItem(atPath: Self.libc, toPath: copy)
        let process = try started(program, ["60"], environment: ["LD_LIBRARY_PATH": ground.folder + "/own"])
        defer { kill(process.processIdentifier, SIGKILL) }
        try waitUntil(process, hasMapped: copy)
        let command = ["run", "lock-waits", "--pid", "\(process.processIdentifier)", "--timeout", "1s"]

        let own = try ground.tool().run(command + ["--format", "json"])
        #expect(own.status == 0, "\(own)")
        let summary = try SummaryJSON(own)
        let run = try #require(summary.json["run"] as? [String: Any])
        #expect((run["parameters"] as? [String: String])?["libc"] == copy)
        #expect(summary.grade == "complete")

        let other = try ground.tool().run(command + ["--libc", Self.libc])
        #expect(other.status == 6, "\(other)")
        #expect(
            other.errors.contains(
                "warning: process \(process.processIdentifier) has another file than '\(Self.libc)' in use: it meets no probe"
            ))
        #expect(other.errors.contains("has '\(copy)': name that to probe it"))
        #expect(other.output.contains("1 process has another file than the probed"))
    }

    /// It has libc within itself, and waits for its locks all the time.
    @Test func aProgramWithoutTheLibraryIsNotSaidToBeWell() throws {
        let ground = try Ground()
        defer { ground.remove() }
        let program = try contended(ground, "-static")
        let command = ["run", "lock-waits", "--timeout", "1s"]
        let process = try started(program, ["60"])
        defer { kill(process.processIdentifier, SIGKILL) }
        usleep(300_000)
        for target in [["--pid", "\(process.processIdentifier)"], ["--", program, "1"]] {
            let result = try ground.tool().run(command + target)
            #expect(result.status == 6, "\(result)")
            #expect(result.output.contains("the target did not have"), "\(result)")
        }
    }

    /// What runs from before, and what is started from the file that came during the run.
    @Test func aReplacedProgramIsCounted() throws {
        let ground = try Ground()
        defer { ground.remove() }
        let program = try contended(ground)
        let old = try started(program, ["60"])
        defer { kill(old.processIdentifier, SIGKILL) }
        usleep(300_000)
        try TestTool.shell("cp '\(program)' '\(program).new' && mv '\(program).new' '\(program)'")
        let run = ["run", "function-calls", "--binary", program, "--function", "main"]
        let before = try ground.tool().run(run + ["--timeout", "1s"])
        #expect(before.status == 6, "\(before)")
        #expect(before.output.contains("1 process has another file than the probed"), "\(before)")

        kill(old.processIdentifier, SIGKILL)
        old.waitUntilExit()
        let shell = """
            "$@" 2>log & run=$!
            \(Tool.waitForTrace)
            '\(program)' 0
            cp '\(program)' '\(program).new'
            mv '\(program).new' '\(program)'
            '\(program)' 0
            wait $run
            """
        let during = try Tool(directory: ground.folder, shell: shell).run(
            run + ["--format", "json", "--verbose", "--timeout", "4s"])
        let summary = try SummaryJSON(during)
        #expect(during.status == 0 && summary.grade == "degraded", "\(during)")
        let losses = summary.json["losses"] as? [[String: Any]] ?? []
        #expect(losses.map { $0["kind"] as? String } == ["replaced-files"], "\(during)")
        #expect(losses.first?["subject"] as? String == program)
        #expect(summary.rows("Calls by function").first?.first as? Int == 1)
    }

    @Test func howACommandEndedIsTold() throws {
        let ground = try Ground()
        defer { ground.remove() }
        for (words, told) in [
            ("kill -SEGV $$", "was killed by signal 11 (Segmentation fault)"),
            ("exit 3", "ended with status 3"),
        ] {
            let result = try ground.tool().run(
                ["run", "./ticks.yaml", "--format", "json", "--", "/bin/sh", "-c", "sleep 0.3; \(words)"])
            let end = (try SummaryJSON(result).json["run"] as? [String: Any])?["end"] as? [String: String]
            #expect(result.status == 0 && end == ["kind": "exited", "detail": told], "\(result)")
        }
    }

    /// It has a session of its own, so that it is not ended with the command.
    @Test func whatACommandLeavesIsTold() throws {
        let ground = try Ground()
        defer { ground.remove() }
        let left = try ground.tool().run(
            [
                "run", "./ticks.yaml", "--format", "json", "--", "/bin/sh", "-c",
                "setsid sleep 5 >/dev/null 2>&1 & sleep 0.3",
            ])
        #expect(
            left.errors.contains("warning: the command has ended, but what it started goes on, untraced\n"),
            "\(left)")
        let losses = try SummaryJSON(left).json["losses"] as? [[String: Any]] ?? []
        #expect(losses.map { $0["kind"] as? String } == ["unseen-processes"], "\(left)")
        // What is of its session goes with it.
        let ended = try ground.tool().run(
            ["run", "./ticks.yaml", "--format", "json", "--", "/bin/sh", "-c", "sleep 5 & sleep 0.3"])
        #expect(try SummaryJSON(ended).grade == "complete", "\(ended)")
    }

    @Test func theDeadAreNoTarget() throws {
        let ground = try Ground()
        defer { ground.remove() }
        let output = Pipe()
        let parent = try started(
            "/usr/bin/python3",
            [
                "-c",
                "import os, signal, time\nsignal.signal(signal.SIGCHLD, signal.SIG_DFL)\nchild = os.fork()\nif child == 0: os._exit(0)\nprint(child, flush=True)\ntime.sleep(60)",
            ], output: output)
        defer { kill(parent.processIdentifier, SIGKILL) }
        var text = ""
        while !text.hasSuffix("\n") {
            let data = output.fileHandleForReading.availableData
            try #require(!data.isEmpty)
            text += String(decoding: data, as: UTF8.self)
        }
        let child = try #require(Int32(text.dropLast()))
        usleep(200_000)
        let result = try ground.tool().run(["run", "off-cpu", "--pid", "\(child)", "--timeout", "1s"])
        #expect(result.status == 2, "\(result)")
        #expect(
            result.errors.contains("error: process \(child) has ended, and waits for its parent"), "\(result)"
        )
    }

    /// Of a run, a rehearsal and a runbook: before anything is started.
    @Test func aCommandThatIsNotThereIsSeenByTheCheck() throws {
        let ground = try Ground()
        defer { ground.remove() }
        try ground.place("plain", "no program")
        try ground.place("here", "#!/bin/sh\n", mode: 0o755)
        for (name, message) in [
            ("/nowhere/there", "error: found no program '/nowhere/there' to start\n"),
            ("./plain", "error: cannot execute './plain': Permission denied\n"),
            (".", "error: found no program '.' to start\n"),
            ("/", "error: cannot execute '/': Is a directory\n"),
            (
                "here",
                "error: found no program 'here' to start\n  note: a bare name is looked up in PATH: write './here' for the one in this folder\n"
            ),
        ] {
            for options in [[], ["--dry-run"]] {
                let result = try ground.tool().run(["run", "./ticks.yaml"] + options + ["--", name])
                #expect(result.status == 2 && result.errors.hasPrefix(message), "\(result)")
                #expect(result.output.isEmpty)
            }
        }
        try ground.write(
            "wrong",
            """
            steps:
              - { name: first, recipe: ./ticks.yaml, timeout: 300ms }
              - { name: second, recipe: ./ticks.yaml, target: { command: [/nowhere/there] } }
            """)
        let batch = try ground.tool().run(["batch", "wrong.yaml"])
        #expect(batch.status == 3 && batch.output.isEmpty, "\(batch)")
        #expect(batch.errors.contains("found no program '/nowhere/there' to start"))
    }
}
