import Foundation
import TestSupport
import Testing

/// What `schedule` writes, held against systemd's own tools, cron's rules and a shell.
@Suite(.serialized) struct ScheduleTests {
    private static let golden = Tool.root + "/Tests/Fixtures/Commands/schedule.txt"

    /// A runbook besides the recipe of ticks.
    private func ground() throws -> Ground {
        let ground = try Ground()
        try ground.write(
            "nightly",
            """
            budget: 2m
            variables: { wait: 1s }
            steps:
              - { name: ticks, recipe: ./ticks.yaml, timeout: 300ms, fail-if: tick }
            """)
        return ground
    }

    // MARK: What is written

    private static let commands: [[String]] = [
        ["nightly.yaml", "--every", "10m"],
        [
            "ticks.yaml", "--calendar", "Mon..Fri 03:00", "--jitter", "90s", "--engine=bpf", "--timeout",
            "5s",
            "--notify-command", "mail -s \"100% $TAPRECIPE_NAME\" root",
        ],
        ["ticks.yaml", "--cron", "--every", "2h", "--", "echo", "50%", "it's"],
        [
            "nightly.yaml", "--cron", "--calendar", "*/5 8-18 * * mon-fri", "--jitter", "30s", "--set",
            "wait=a b",
        ],
        [
            "nightly.yaml", "--cron", "--every", "1h", "--output", "reports/night.html", "--store",
            "runs.sqlite",
        ],
        ["nightly.yaml", "--every", "1m"],
        ["nightly.yaml"],
        ["nightly.yaml", "--every", "1m", "--calendar", "daily"],
        ["nightly.yaml", "--every", "soon"],
        ["nightly.yaml", "--cron", "--every", "7m"],
        ["nightly.yaml", "--cron", "--calendar", "daily"],
        ["nightly.yaml", "--cron", "--calendar", "61 * * * *"],
        ["nightly.yaml", "--cron", "--calendar", "* * * * 5-1"],
        ["nightly.yaml", "--every", "10m", "--unit-name", "../x"],
        ["nightly.yaml", "--every", "10m", "--install", "--remove"],
        ["nightly.yaml", "--every", "10m", "--set", "wiat=1"],
        ["ticks.yaml", "--every", "10m", "--wait", "1"],
        ["ticks.yaml", "./broken.yaml", "--every", "10m"],
        ["ticks.yaml", "--every", "10m", "--pid", "1"],
        ["tiks", "--every", "10m"],
        ["--every", "10m"],
        ["--remove"],
    ]

    @Test func theFilesAndTheMistakes() throws {
        let ground = try ground()
        defer { ground.remove() }
        var text = ""
        for command in Self.commands {
            let result = try ground.tool().run(["schedule"] + command)
            let said = (result.errors + result.output).replacing(ground.folder, with: "/DIR")
                .replacing(Tool.executable, with: "/usr/bin/taprecipe").replacing(" CAP_SYS_ADMIN", with: "")
            text += "$ taprecipe schedule \(command.joined(separator: " "))\n\(said)exit \(result.status)\n\n"
        }
        #expect(try Golden.difference(text, from: Self.golden) == nil)
    }

    // MARK: systemd

    @Test(.enabled(if: getuid() == 0, "units run as root"))
    func systemdFindsNothingWrongAndLittleExposed() throws {
        let ground = try ground()
        defer { ground.remove() }
        let root = ground.folder + "/root"
        let job = ["schedule", "nightly.yaml", "--every", "10m", "--jitter", "1m"]
        let installed = try ground.tool().run(job + ["--install", "--root", root])
        #expect(installed.status == 0, "\(installed)")
        let units = ["service", "timer"].map { "\(root)/etc/systemd/system/taprecipe-nightly.\($0)" }
        #expect(installed.output == units.map { "wrote \($0)\n" }.joined())
        for unit in units {
            let attributes = try FileManager.default.attributesOfItem(atPath: unit)
            #expect(attributes[.posixPermissions] as? Int == 0o644)
        }
        let verified = try Tool(shell: "exec systemd-analyze verify '\(units[0])' '\(units[1])'").run([])
        #expect(verified.status == 0 && verified.errors.isEmpty, "\(verified)")
        // The threshold is ten times the exposure that systemd computes: 0 is none, 100 all.
        let security = try Tool(
            shell: "exec systemd-analyze security --offline=yes --threshold=30 --no-pager '\(units[0])'"
        ).run([])
        #expect(security.status == 0, "\(security)")

        // Written again and taken away, but nobody else's files.
        #expect(try ground.tool().run(job + ["--install", "--root", root]).status == 0)
        let removal = ["schedule", "--remove", "--unit-name", "nightly", "--root", root]
        try "[Unit]\n".write(toFile: units[1], atomically: true, encoding: .utf8)
        for words in [job + ["--install", "--root", root], removal] {
            let refused = try ground.tool().run(words)
            #expect(refused.status == 2 && refused.errors.contains("was not written by"), "\(refused)")
        }
        try FileManager.default.removeItem(atPath: units[1])
        let removed = try ground.tool().run(removal)
        #expect(removed.status == 0 && removed.output == "removed \(units[0])\n", "\(removed)")
        #expect(try ground.tool().run(removal).status == 2)
    }

    /// What a unit must see lies where it would have a folder of its own, or nothing that it may write.
    @Test func aUnitReachesItsFiles() throws {
        let ground = try ground()
        defer { ground.remove() }
        let folder = ground.folder
        let service = try ground.tool().run(["schedule", "nightly.yaml", "--every", "10m"]).output
        #expect(
            service.contains("\nPrivateTmp=no\n") && service.contains("\nReadWritePaths=/tmp /var/tmp\n"),
            "\(service)")
        var tool = ground.tool()
        tool.environment["TAPRECIPE_STORE"] = "runs/store.sqlite"
        let writing = try tool.run(["schedule", "nightly.yaml", "--every", "10m", "-o", "out/night.html"])
        #expect(
            writing.output.contains("\nReadWritePaths=/tmp /var/tmp \(folder)/out \(folder)/runs\n"),
            "\(writing)")
        #expect(writing.output.contains(" --store \(folder)/runs/store.sqlite "), "\(writing)")
        #expect(
            writing.errors.hasPrefix(
                "warning: '\(folder)/out' is not there, so that no run can write to it\n"),
            "\(writing)")
    }

    @Test func theProgramOfACommandIsNamedFromTheRoot() throws {
        let ground = try ground()
        defer { ground.remove() }
        try ground.place("work.sh", "#!/bin/sh\n", mode: 0o755)
        for options in [[], ["--cron"]] {
            let job = ["schedule", "ticks.yaml", "--every", "10m"] + options
            let own = try ground.tool().run(job + ["--", "./work.sh", "./3"])
            #expect(own.output.contains(" -- \(ground.folder)/work.sh ./3\n"), "\(own)")
            let common = try ground.tool().run(job + ["--", "sleep", "3"])
            #expect(common.output.contains(" -- sleep 3\n"), "\(common)")
        }
    }

    /// What a runbook names by relative paths is looked for in the folder in which it is run.
    @Test func aRunbookRunsWhereItsPathsBegin() throws {
        let ground = try ground()
        defer { ground.remove() }
        try ground.place("100%/bin/work.sh", "#!/bin/sh\n", mode: 0o755)
        try ground.write(
            "started",
            "steps: [{ recipe: ./ticks.yaml, target: { command: [bin/work.sh] }, timeout: 300ms }]")
        var tool = ground.tool()
        tool.directory = ground.folder + "/100%"
        let job = ["schedule", "../started.yaml", "--every", "10m"]
        let unit = try tool.run(job)
        #expect(unit.output.contains("\nWorkingDirectory=\(ground.folder)/100%%\n"), "\(unit)")
        let cron = try tool.run(job + ["--cron"])
        #expect(cron.output.contains(" root cd \(ground.folder)/100\\% && /"), "\(cron)")
        let nightly = try ground.tool().run(["schedule", "nightly.yaml", "--every", "10m"])
        #expect(nightly.status == 0 && !nightly.output.contains("WorkingDirectory"), "\(nightly)")
    }

    @Test func systemdJudgesCalendars() throws {
        let ground = try ground()
        defer { ground.remove() }
        let job = ["schedule", "nightly.yaml", "--calendar"]
        #expect(try ground.tool().run(job + ["*-*-* 03:00:00"]).status == 0)
        let wrong = try ground.tool().run(job + ["Mon..Fry 03:00"])
        #expect(wrong.status == 2 && wrong.errors.contains("does not take for a calendar event"), "\(wrong)")
    }

    /// The command of the unit, with no capability but the unit's.
    @Test(.enabled(if: getuid() == 0, "placing probes needs root"))
    func theUnitsCapabilitiesSuffice() throws {
        let ground = try ground()
        defer { ground.remove() }
        let service = try ground.tool().run(["schedule", "nightly.yaml", "--every", "10m"]).output
        let bounds = try #require(service.firstMatch(of: /CapabilityBoundingSet=(.*)/)).1
        let command = try #require(service.firstMatch(of: /ExecStart=(.*)/)).1
        let set = bounds.split(separator: " ").map { "+" + $0.dropFirst(4).lowercased() }.joined(
            separator: ",")
        let run = try Tool(
            environment: ["XDG_STATE_HOME": ground.folder + "/state"], directory: "/",
            shell: "exec setpriv --bounding-set=-all,\(set) --no-new-privs \(command)"
        ).run([])
        #expect(run.status == 10 && run.output.hasPrefix("nightly: 1 of 1 step ran"), "\(run)")
    }

    // MARK: cron

    @Test(.enabled(if: getuid() == 0, "placing probes needs root"))
    func theLineForCronRunsInAShell() throws {
        let ground = try ground()
        defer { ground.remove() }
        let marks = [
            "--notify-command", "echo 100% $TAPRECIPE_NAME >'\(ground.folder)/notes'", "--jitter", "1s",
        ]
        let text = try ground.tool().run(["schedule", "nightly.yaml", "--cron", "--every", "10m"] + marks)
            .output
        let line = try #require(text.split(separator: "\n").last)
        let fields = line.split(separator: " ", maxSplits: 6)
        #expect(fields.prefix(6).joined(separator: " ") == "*/10 * * * * root")
        // As cron(8) does it: a % with a backslash before it is a %; every other one would end the command.
        let command = String(fields[6]).replacing("\\%", with: "\0")
        #expect(!command.contains("%"))
        let run = try Tool(
            environment: [
                "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "XDG_STATE_HOME": ground.folder + "/state",
            ],
            directory: "/", shell: command.replacing("\0", with: "%")
        ).run([])
        #expect(run.status == 10 && run.output.hasPrefix("nightly: 1 of 1 step ran"), "\(run)")
        #expect(run.errors.isEmpty)
        #expect(try ground.read("notes") == "100% nightly\n")
    }

    @Test func aFileForCronIsInstalledAndRemoved() throws {
        let ground = try ground()
        defer { ground.remove() }
        let root = ["--root", ground.folder + "/root"]
        let file = ground.folder + "/root/etc/cron.d/taprecipe-own"
        let job = ["schedule", "nightly.yaml", "--cron", "--every", "1h", "--unit-name", "own"]
        #expect(try ground.tool().run(job + ["--install"] + root).output == "wrote \(file)\n")
        #expect(try String(contentsOfFile: file, encoding: .utf8).contains("\n0 * * * * root /"))
        let removal = ["schedule", "--remove", "--cron", "--unit-name", "own"]
        #expect(try ground.tool().run(removal + root).output == "removed \(file)\n")
        #expect(!FileManager.default.fileExists(atPath: file))
    }
}
