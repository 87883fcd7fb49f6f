import Foundation
import TestSupport
import Testing

/// Services that `schedule` writes, started by a systemd of the test's own: each as hardened as on an operator's host.
@Suite(.serialized) struct ScheduledUnitTests {
    /// A systemd can be started here: root, cgroup2, and namespaces, which some containers refuse.
    private static let isPossible: Bool =
        getuid() == 0
        && (try? TestTool.shell(
            "test -x /lib/systemd/systemd && findmnt -t cgroup2 && unshare --mount --cgroup --net true"))
            != nil

    /// What a shell's commands say beside a systemd: `$tool` is the program, `$DIR` the ground's folder; `schedule NAME …`
    /// installs a service `taprecipe-NAME`, of which `NAME.out` and `NAME.err` get what it says.
    private func beside(_ ground: Ground, _ commands: String) throws -> Tool.Result {
        let units = "\(ground.folder)/root/etc/systemd/system"
        try FileManager.default.createDirectory(atPath: units, withIntermediateDirectories: true)
        try ground.place(
            "commands",
            """
            set -eu
            tool='\(Tool.executable)' DIR='\(ground.folder)' units='\(units)'
            alias systemctl='systemctl --user --no-pager'
            schedule() {
                "$tool" schedule "$@" --every 1h --unit-name "$name" --install --root "$DIR/root" >/dev/null
                mkdir "$units/taprecipe-$name.service.d"
                # The journal's place is taken, and folders that a user's manager has elsewhere are written to.
                cat >"$units/taprecipe-$name.service.d/here.conf" <<END
            [Service]
            StandardOutput=append:$DIR/$name.out
            StandardError=append:$DIR/$name.err
            ReadWritePaths=/var/lib/taprecipe /var/cache/taprecipe /run/taprecipe
            END
                systemctl daemon-reload
            }
            \(commands)
            """)
        return try Tool(
            directory: ground.folder,
            shell: """
                exec '\(Tool.root)/Tests/Programs/with-systemd.sh' '\(units)' \
                bash -O expand_aliases '\(ground.folder)/commands' >'\(ground.folder)/said' 2>&1
                """
        ).run([])
    }

    @Test(.enabled(if: isPossible, "root, cgroup2 and namespaces are needed"))
    func servicesOfTheBuiltInEngineFindWhatRunsByHandFind() throws {
        let ground = try Ground()
        defer { ground.remove() }
        try ground.place(
            "root/etc/systemd/system/forking.service",
            "[Service]\nExecStart=/bin/sh -c 'while :; do /bin/true; sleep 0.1; done'\n")
        try ground.place(
            "root/etc/systemd/system/busy.service", "[Service]\nExecStart=/bin/sh -c 'while :; do :; done'\n")
        let result = try beside(
            ground,
            """
            systemctl start forking busy
            name=forks; schedule fork-trace --unit forking --timeout 2s --output /var/log/forks.json
            name=kernel; schedule kernel-stacks --timeout 2s --output /var/log/kernel.json
            name=stacks; schedule on-cpu --unit busy --timeout 2s --output /var/log/stacks.json
            systemctl start taprecipe-forks taprecipe-kernel taprecipe-stacks
            for name in forks kernel stacks; do
                systemctl show -P Result "taprecipe-$name" >"$DIR/$name.result"
            done
            cp /var/log/*.json "$DIR"
            "$tool" history --format json >"$DIR/history"
            systemctl start taprecipe-forks.timer
            systemctl show -P ActiveState taprecipe-forks.timer >"$DIR/timer"
            """)
        let said = try ground.read("said")
        #expect(result.status == 0, "\(said)")
        for name in ["forks", "kernel", "stacks"] {
            #expect(try ground.read("\(name).result") == "success\n")
            #expect(try ground.read("\(name).out").isEmpty)
            #expect(try ground.read("\(name).err").isEmpty)
            let text = try ground.read("\(name).json")
            let summary = try SummaryJSON(text, of: name)
            #expect(summary.grade == "complete", "\(text)")
        }
        let forks = try SummaryJSON(try ground.read("forks.json"), of: "forks")
        #expect(Set(forks.rows("Programs started").map { "\($0[1])" }) == ["sleep", "true"])
        #expect(try ground.read("kernel.json").contains("\"schedule"))
        #expect(try ground.read("history").contains("kernel-stacks"))
        #expect(try ground.read("timer") == "active\n")
    }

    @Test(.enabled(if: isPossible, "root, cgroup2 and namespaces are needed"))
    func whatIsFoundIsToldAndFailsTheService() throws {
        let ground = try Ground()
        defer { ground.remove() }
        let result = try beside(
            ground,
            """
            name=found
            schedule "$DIR/ticks.yaml" --timeout 300ms --fail-if tick --notify-command "cat >$DIR/told"
            ! systemctl start taprecipe-found
            systemctl show -P ExecMainStatus taprecipe-found >"$DIR/status"
            systemctl list-units --failed --plain --no-legend >"$DIR/failed"
            """)
        let said = try ground.read("said")
        #expect(result.status == 0, "\(said)")
        #expect(try ground.read("status") == "10\n")
        #expect(try ground.read("failed").hasPrefix("taprecipe-found.service "))
        #expect(try ground.read("found.out").hasPrefix("ticks: "))
        #expect(try ground.read("told") == ground.read("found.out"))
    }
}
