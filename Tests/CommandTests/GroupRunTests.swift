import Foundation
import Testing

/// Runs on the processes of a real control group, which come and go as those of a service.
@Suite(.enabled(if: getuid() == 0, "placing probes and control groups need root"), .serialized)
final class GroupRunTests {
    private let folder = "/var/tmp/taprecipe-groups-\(UUID())"

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let built = try Tool(
            shell:
                "exec cc -g -O1 -fno-builtin -o '\(folder)/planted' '\(Tool.root)/Tests/Programs/planted.c'"
        ).run([])
        try #require(built.status == 0, "\(built)")
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Three lookups of a child, three of a process that was put into the group; those of a stranger are not there.
    @Test(arguments: [
        (["--unit", "UNIT"], #"^unit 'planted-\d+\.service'$"#),
        (["--cgroup", "CGROUP"], "^control group '/sys/"),
        (["--container", "CONTAINER"], "^container '0+[0-9a-f]+'$"),
    ])
    func theGroupsProcessesAreFollowedAndNoOthers(options: [String], name: String) throws {
        let result = try Tool(
            shell: "'\(Tool.root)/Tests/Programs/in-cgroup.sh' '\(folder)/planted' \"$@\""
        ).run(
            ["run", "dns-latency"] + options + [
                "--engine", "bpf", "--timeout", "60s", "--verbose", "--format", "json", "--raw",
                folder + "/raw",
            ], limit: 120)
        #expect(result.status == 130, "\(result)")
        let lines = try String(contentsOfFile: folder + "/raw", encoding: .utf8).split(separator: "\n")
        let processes = Dictionary(grouping: lines) {
            $0.split(separator: " ").drop { $0 != "process:" }.dropFirst().first
        }
        // A container is the inner group alone, which nobody was put into.
        let count = options[0] == "--container" ? 1 : 2
        #expect(processes.count == count && processes.values.allSatisfy { $0.count == 3 }, "\(lines)")
        let json = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
        let target = (json?["run"] as? [String: Any])?["target"] as? [String: Any]
        let group = try #require(target?["group"] as? String)
        #expect(group.contains(try Regex(name)), "\(group)")
    }

    /// SystemTap (by stand-ins) is given one process; that the other is not followed is in the summary.
    @Test(arguments: [1, 2])
    func theSummarySaysWhatSystemTapDoesNotFollow(processes: Int) throws {
        try """
        name: two
        summary: a line
        script: |
          probe begin { println("two") }
        records: { line: { line: "two" } }

        """.write(toFile: folder + "/two.yaml", atomically: true, encoding: .utf8)
        let result = try Tool(
            environment: ["PROCESSES": "\(processes)", "DIR": folder],
            shell: """
                for mount in /sys/fs/cgroup/unified /sys/fs/cgroup/systemd /sys/fs/cgroup/pids /sys/fs/cgroup; do
                    group=$mount/taprecipe-two-$$
                    [ -w "$mount/cgroup.procs" ] && mkdir "$group" 2>/dev/null && break
                done
                for process in $(seq "$PROCESSES"); do
                    sleep 1000 </dev/null >/dev/null 2>&1 &
                    echo $! >"$group/cgroup.procs"
                    sleepers="$sleepers $!"
                done
                '\(Tool.root)/Tests/Fixtures/Commands/fake-machine.sh' ok hello "$@" --cgroup "$group"
                status=$?
                kill $sleepers
                wait
                rmdir "$group"
                exit $status
                """
        ).run(
            ["run", folder + "/two.yaml", "--engine", "stap", "--timeout", "1s", "--format", "json"])
        #expect(result.status == 0, "\(result)")
        let json = try #require(
            JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any], "\(result)")
        let losses = (json["losses"] as? [[String: Any]] ?? []).map {
            "\($0["count"] ?? 0) \($0["kind"] ?? "")"
        }
        // The stand-in prints lines of no record, too.
        let unseen = losses.filter { !$0.hasSuffix("unmatched-lines") }
        #expect(unseen == (processes == 1 ? [] : ["1 unseen-processes"]), "\(json)")
        #expect(json["grade"] as? String == (processes == 1 ? "complete" : "degraded"))
        #expect(
            result.errors.contains("stap knows of the group only process") == (processes == 2), "\(result)")
    }

    /// Not the one of its oldest process, which has no such function: of one recipe, and of several.
    @Test(arguments: [["first"], ["first", "second"]])
    func theProgramIsFoundAmongTheGroupsProcesses(recipes: [String]) throws {
        for name in ["first", "second"] {
            try """
            name: \(name)
            summary: a shell prompts
            parameters:
              binary: { type: executable, required: true, examples: [/nowhere/bash] }
            script: |
              probe process("{{binary}}").function("readline") { println("prompt") }

            """.write(toFile: "\(folder)/\(name).yaml", atomically: true, encoding: .utf8)
        }
        let result = try Tool(
            shell: """
                for mount in /sys/fs/cgroup/unified /sys/fs/cgroup/systemd /sys/fs/cgroup/pids /sys/fs/cgroup; do
                    group=$mount/taprecipe-found-$$
                    [ -w "$mount/cgroup.procs" ] && mkdir "$group" 2>/dev/null && break
                done
                mkfifo hold
                sleep 1000 </dev/null >/dev/null 2>&1 &
                echo $! >"$group/cgroup.procs"
                sleep 0.1
                bash -c 'read -r word <>hold' >/dev/null 2>&1 &
                echo $! >"$group/cgroup.procs"
                "$@" --cgroup "$group"
                status=$?
                kill $(cat "$group/cgroup.procs")
                wait
                rmdir "$group"
                exit $status
                """
        ).run(["run"] + recipes + ["--recipes", folder, "--engine", "bpf", "--dry-run"])
        #expect(result.status == 0 && result.errors.isEmpty, "\(result)")
    }

    @Test func whatIsNoGroupIsRefused() throws {
        for (options, words) in [
            (
                ["--unit", "no-such-unit"],
                "error: no control group of unit 'no-such-unit.service' with a process was found"
            ),
            (["--cgroup", "/no/such"], "error: '/no/such' is no control group"),
            (["--container", "abc"], "error: found '--container abc', expected a container's id"),
            (
                ["--container", String(repeating: "f", count: 64)],
                "error: no control group of container 'ffff"
            ),
            (["--unit", "a", "--pid", "1"], "error: found both '--pid' and '--unit', expected one target"),
        ] {
            for command in ["run", "validate"] {
                let result = try Tool().run([command, "dns-latency"] + options)
                #expect(result.status == 2 && result.errors.hasPrefix(words), "\(result)")
            }
        }
    }

    /// The program is found in the group, as `run` finds it: its first process is a shell.
    @Test func aRecipeIsCheckedAgainstTheGroupsProgram() throws {
        let result = try Tool(
            shell: "'\(Tool.root)/Tests/Programs/in-cgroup.sh' '\(folder)/planted' \"$@\""
        ).run(
            ["validate", "function-calls", "--function", "main", "--unit", "UNIT", "--format", "json"],
            limit: 60)
        #expect(result.status == 0 && result.output.contains("/bin/bash\""), "\(result)")
    }
}
