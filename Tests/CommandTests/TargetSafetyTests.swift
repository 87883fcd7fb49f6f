import Foundation
import TestSupport
import Testing

/// That a run leaves what it traces as it would be without it, and says what it cannot trace.
@Suite(.serialized, .enabled(if: getuid() == 0, "placing probes needs root")) struct TargetSafetyTests {
    private func throwing(_ ground: Ground) throws -> String {
        let program = ground.folder + "/throwing"
        try TestTool.shell("g++ -g -O1 -o '\(program)' '\(Tool.root)/Tests/Programs/throwing.cpp'")
        return program
    }

    @Test func returnProbesThatExceptionsPassAreRefused() throws {
        let ground = try Ground()
        defer { ground.remove() }
        let program = try throwing(ground)
        let command = ["run", "call-flow", "--binary", program, "--function", "checked", "--timeout", "5s"]
        let refused = try ground.tool().run(command + ["--", program])
        #expect(refused.status == 3, "\(refused)")
        #expect(
            refused.errors.contains(
                "error: an exception or panic that passes 'checked' while it has a return probe ends 'throwing'"
            ))
        #expect(refused.errors.contains("note: give --allow-return-probes where none passes it"))
        let checked = try ground.tool().run([
            "validate", "call-flow", "--binary", program, "--function", "checked",
        ])
        #expect(
            checked.status == 0 && checked.errors.contains("warning: an exception or panic"), "\(checked)")

        // The kernel's trampoline is what it says: the program is ended.
        let allowed = try ground.tool().run(command + ["--allow-return-probes", "--", program])
        #expect(allowed.errors.contains("warning: an exception or panic"), "\(allowed)")
        #expect(allowed.errors.contains("terminate called"), "\(allowed)")

        // Probes of calls harm nothing.
        let calls = try ground.tool().run(
            [
                "run", "function-calls", "--binary", program, "--function", "checked", "--format", "json",
                "--", program,
            ])
        let rows = try SummaryJSON(calls).rows("Calls by function")
        #expect(calls.status == 0 && rows.count == 1 && rows.first?.first as? Int == 10, "\(calls)")
    }

    @Test func aCommandIsNotRunAgainBecauseALimitWasTooSmall() throws {
        let ground = try Ground()
        defer { ground.remove() }
        try ground.place("once.sh", "#!/bin/sh\necho ran >>'\(ground.folder)/ran'\nsleep 0.3\n", mode: 0o755)
        try ground.write(
            "loop", "script: |\n  probe timer.ms(50) { for (i = 0; i < 3000; i++) x = i; println(x) }")
        let result = try ground.tool().run(
            ["run", ground.folder + "/loop.yaml", "--engine", "bpf", "--", ground.folder + "/once.sh"])
        #expect(result.errors.contains("MAXACTION") || result.output.contains("MAXACTION"), "\(result)")
        #expect(try ground.read("ran") == "ran\n")
    }

    /// Each of these arrays has its memory at once, whatever comes into it.
    @Test func noRunTakesMostOfTheMemory() throws {
        let ground = try Ground()
        defer { ground.remove() }
        let result = try ground.tool().run(
            ["run", "off-cpu", "--limit", "MAXMAPENTRIES=1000000000", "--", "/bin/sleep", "1"])
        #expect(result.status == 1, "\(result)")
        #expect(result.errors.hasPrefix("error: the script's arrays take "), "\(result)")
        #expect(result.errors.contains("more than half of the "), "\(result)")
    }

    @Test func aCommandThatCannotBeExecutedIsNoResult() throws {
        let ground = try Ground()
        defer { ground.remove() }
        try ground.place("bad.sh", "#!/no/such/shell\n", mode: 0o755)
        let result = try ground.tool().run(["run", "fork-trace", "--", ground.folder + "/bad.sh"])
        #expect(result.status == 2 && result.output.isEmpty, "\(result)")
        #expect(
            result.errors.hasPrefix(
                "error: cannot execute '\(ground.folder)/bad.sh': No such file or directory\n"))
    }

    @Test func commandsAreAsNiceAsWeAre() throws {
        let ground = try Ground()
        defer { ground.remove() }
        for value in ["0", "3"] {
            let result = try ground.tool(shell: "exec nice -n \(value) \"$@\"").run([
                "run", ground.folder + "/ticks.yaml", "--engine", "bpf", "--quiet", "--", "sh", "-c",
                "nice >'\(ground.folder)/nice'; sleep 0.1",
            ])
            #expect(result.status == 0, "\(result)")
            #expect(try ground.read("nice") == value + "\n")
        }
    }

    @Test func aThreadIsNoProcess() throws {
        let ground = try Ground()
        defer { ground.remove() }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = [
            "-c", "import threading, time; threading.Thread(target=time.sleep, args=(30,)).start()",
        ]
        try process.run()
        defer { kill(process.processIdentifier, SIGKILL) }
        var threads: [Int32] = []
        for _ in 0..<500 where threads.count < 2 {
            usleep(10_000)
            threads =
                (try? FileManager.default.contentsOfDirectory(
                    atPath: "/proc/\(process.processIdentifier)/task"))?.compactMap { Int32($0) } ?? []
        }
        let thread = try #require(threads.first { $0 != process.processIdentifier })
        let result = try ground.tool().run(["run", "on-cpu", "--pid", "\(thread)", "--timeout", "1s"])
        #expect(result.status == 2, "\(result)")
        #expect(
            result.errors == """
                error: \(thread) is a thread of process \(process.processIdentifier), expected a process
                  note: give --pid \(process.processIdentifier)

                """)
    }

    @Test func aProgramWhoseFileIsGoneIsProfiled() throws {
        let ground = try Ground()
        defer { ground.remove() }
        let program = ground.folder + "/busy"
        try TestTool.shell("cp \"$(readlink -f /bin/sh)\" '\(program)'")
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = ["-c", "while :; do :; done"]
        try process.run()
        defer { kill(process.processIdentifier, SIGKILL) }
        usleep(100_000)
        try FileManager.default.removeItem(atPath: program)
        let pid = "\(process.processIdentifier)"
        let result = try ground.tool().run([
            "run", "on-cpu", "--pid", pid, "--timeout", "1s", "--format", "json",
        ])
        #expect(result.status == 0, "\(result)")
        #expect(try SummaryJSON(result).rows("Threads").first?[1] as? Int == Int(pid))
        // What is about the program needs its file.
        let refused = try ground.tool().run(["run", "function-calls", "--pid", pid, "--function", "main"])
        #expect(refused.status == 2 && refused.errors.contains("replaced or deleted"), "\(refused)")
    }

    @Test func thatTheProcessEndedIsSaid() throws {
        let ground = try Ground()
        defer { ground.remove() }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/sleep")
        process.arguments = ["2"]
        try process.run()
        let pid = "\(process.processIdentifier)"
        let result = try ground.tool().run([
            "run", "signals", "--engine", "bpf", "--pid", pid, "--timeout", "4s",
        ])
        #expect(result.errors.contains("warning: process \(pid) ended while it was traced\n"), "\(result)")
    }

    @Test func stacksAreAsDeepAsTheLimitSays() throws {
        let ground = try Ground()
        defer { ground.remove() }
        try ground.place(
            "deep.c",
            """
            #include <unistd.h>
            __attribute__((noinline)) int bottom(int n) { return getppid() + n; }
            __attribute__((noinline)) int descend(int n) { return n ? descend(n - 1) + 1 : bottom(n); }
            int main(void) { return descend(60) < 0; }
            """)
        let program = ground.folder + "/deep"
        try TestTool.shell("gcc -g -O1 -fno-optimize-sibling-calls -o '\(program)' '\(program).c'")
        let command = [
            "run", "function-stacks", "--binary", program, "--function", "bottom", "--format", "json",
        ]
        for (options, depth) in [
            (["--limit", "MAXBACKTRACE=20"], 20), (["--limit", "MAXBACKTRACE=100"], 66),
        ] {
            let result = try ground.tool().run(command + options + ["--", program])
            let summary = try SummaryJSON(result)
            let stacks = summary.json["stacks"] as? [[String: Any]] ?? []
            let frames = (stacks.first?["frames"] as? [Any])?.count ?? 0
            #expect(depth == 20 ? frames == 20 : (62...depth).contains(frames), "\(result)")
            #expect(stacks.first?["complete"] as? Bool == (depth != 20))
        }
    }
}
