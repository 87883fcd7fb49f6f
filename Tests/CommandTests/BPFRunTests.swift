import Foundation
import TestSupport
import Testing

/// Runs by the built-in engine on this machine, as a user makes them.
@Suite(.enabled(if: getuid() == 0, "placing probes needs root"), .serialized)
struct BPFRunTests {
    private func fields(_ status: String) -> [String: String] {
        Dictionary(
            status.split(separator: "\n").compactMap { line in
                let words = line.split(separator: ":\t", maxSplits: 1).map {
                    $0.trimmingCharacters(in: .whitespaces)
                }
                return words.count == 2 ? (words[0], words[1]) : nil
            }, uniquingKeysWith: { first, _ in first })
    }

    @Test func rootKeepsNoRightThatTracingCanDoWithout() throws {
        let ground = try BeatGround()
        defer { ground.remove() }
        // Each thread's rights after the run said that it traces: the last that were seen if they are never given up.
        let shell = """
            : >log
            "$@" 2>log & run=$!
            until grep -q name=trace log || ! kill -0 $run; do sleep 0.05; done
            for i in $(seq 40); do
                rights=$(cat /proc/$run/task/*/status | grep -E '^(CapEff|CapPrm|CapInh|CapAmb|NoNewPrivs)' | sort -u)
                echo "$rights" | grep -q 'CapPrm.*[1-9a-f]' || break
                sleep 0.05
            done
            echo "$rights" >&2
            wait $run; status=$?
            [ $status = 5 ] || cat log >&2
            exit $status
            """
        let result = try Tool(shell: shell).run([
            "run", ground.folder + "/beats.yaml", "--binary", ground.program, "--engine", "bpf", "--verbose",
            "--no-retry", "--timeout", "4s",
        ])
        #expect(result.status == 5, "\(result)")
        // The recipe tells no stacks and writes no files, so that nothing is left, in any thread.
        let zero = "0000000000000000"
        #expect(
            result.errors.split(separator: "\n").map(String.init) == [
                "CapAmb:\t\(zero)", "CapEff:\t\(zero)", "CapInh:\t\(zero)", "CapPrm:\t\(zero)",
                "NoNewPrivs:\t1",
            ], "\(result)")
    }

    @Test func threeCapabilitiesDoInPlaceOfRoot() throws {
        let ground = try BeatGround()
        defer { ground.remove() }
        let target = try ground.start()
        defer { target.terminate() }
        try FileManager.default.copyItem(atPath: Tool.executable, toPath: ground.folder + "/taprecipe")
        let capabilities = "+bpf,+perfmon,+sys_ptrace"
        let shell = """
            shift; exec setpriv --reuid nobody --regid nogroup --clear-groups --inh-caps=\(capabilities) \
                --ambient-caps=\(capabilities) env HOME=/tmp XDG_RUNTIME_DIR=/tmp '\(ground.folder)/taprecipe' "$@"
            """
        let result = try Tool(
            environment: ["XDG_STATE_HOME": "/nonexistent"], directory: "/tmp", shell: shell
        ).run([
            "run", ground.folder + "/beats.yaml", "--binary", ground.program, "--engine", "bpf", "--timeout",
            "1s",
        ])
        #expect(result.status == 0, "\(result)")
        #expect(result.output.contains("\(target.processIdentifier)"), "\(result)")
    }

    @Test func aUserWithoutRightsIsToldWhatBothEnginesLack() throws {
        let ground = try BeatGround()
        defer { ground.remove() }
        try FileManager.default.copyItem(atPath: Tool.executable, toPath: ground.folder + "/taprecipe")
        let shell = """
            shift; exec setpriv --reuid nobody --regid nogroup --clear-groups env HOME=/tmp \
                '\(ground.folder)/taprecipe' "$@"
            """
        let result = try Tool(directory: "/tmp", shell: shell).run([
            "run", ground.folder + "/beats.yaml", "--binary", ground.program, "--timeout", "1s",
        ])
        #expect(result.status == 4, "\(result)")
        #expect(result.errors.contains("bpf: BPF programs may not be loaded from here"), "\(result)")
        #expect(result.errors.contains("stap: "), "\(result)")
        #expect(result.errors.contains("$ sudo taprecipe run RECIPE …"), "\(result)")
    }

    @Test func thatNobodyRunsTheProgramIsSaid() throws {
        let ground = try BeatGround()
        defer { ground.remove() }
        let result = try Tool().run([
            "run", ground.folder + "/beats.yaml", "--binary", ground.program, "--engine", "bpf", "--timeout",
            "1s",
        ])
        #expect(result.status == 5, "\(result)")
        #expect(
            result.errors.contains(
                "warning: no process ran '\(ground.program)' as the run began, so that nobody may have met its probes"
            ),
            "\(result)")
    }

    /// When the run ends it may not look into others' processes any more.
    @Test func thatAnotherUserRunsTheProgramIsSeen() throws {
        let ground = try BeatGround()
        defer { ground.remove() }
        let shell = """
            setpriv --reuid nobody --regid nogroup --clear-groups '\(ground.program)' & beating=$!
            until [ "$(readlink /proc/$beating/exe)" = '\(ground.program)' ]; do sleep 0.05; done
            kill -STOP $beating
            "$@"; status=$?
            kill -KILL $beating
            exit $status
            """
        let result = try Tool(shell: shell).run([
            "run", ground.folder + "/beats.yaml", "--binary", ground.program, "--engine", "bpf", "--timeout",
            "1s",
        ])
        #expect(result.status == 5, "\(result)")
        #expect(!result.errors.contains("no process ran"), "\(result)")
    }

    @Test func processesThatComeLaterAreTracedToo() throws {
        let ground = try BeatGround()
        defer { ground.remove() }
        let shell = """
            : >log
            "$@" 2>log & run=$!
            until grep -q name=trace log || ! kill -0 $run; do sleep 0.05; done
            timeout 1 '\(ground.program)' & first=$!
            timeout 1 '\(ground.program)' & second=$!
            wait $run
            """
        let result = try Tool(shell: shell).run([
            "run", ground.folder + "/beats.yaml", "--binary", ground.program, "--engine", "bpf", "--verbose",
            "--timeout", "2s", "--format", "json",
        ])
        #expect(result.status == 0, "\(result)")
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        let rows = (json["tables"] as? [[String: Any]])?.first?["rows"] as? [Any]
        #expect(rows?.count == 2, "\(result)")
        let run = json["run"] as? [String: Any]
        #expect((run?["engine"] as? String)?.hasPrefix("bpf ") == true, "\(result)")
    }

    /// A probe in the C library would else trace what tracing makes taprecipe do, without end.
    ///
    /// The copy of the library is this run's and one program's.
    @Test func theRunItselfIsNotTraced() throws {
        let ground = try BeatGround()
        defer { ground.remove() }
        let library = ground.folder + "/libc.so.6"
        try FileManager.default.copyItem(
            atPath: URL(filePath: "/lib/x86_64-linux-gnu/libc.so.6").resolvingSymlinksInPath().path,
            toPath: library)
        try """
        #include <stdlib.h>
        #include <unistd.h>
        int main(void) { for (;;) { free(malloc(8)); usleep(10000); } }
        """.write(toFile: ground.folder + "/taker.c", atomically: true, encoding: .utf8)
        try TestTool.shell("gcc -g -O0 -o '\(ground.folder)/taker' '\(ground.folder)/taker.c'")
        let recipe = ground.folder + "/mallocs.yaml"
        try """
        name: mallocs
        summary: who allocates
        script: |
          probe process("\(library)").function("__libc_malloc").call {
              printf("malloc by: %d %s\\n", pid(), execname())
              print_ubacktrace()
          }
        records:
          malloc: {line: "malloc by: {pid:integer} {name}", followed-by: stack}
        summary-tables:
          - {title: Who, of: malloc, group-by: [name], columns: [count, name]}
        """.write(toFile: recipe, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: recipe)
        let shell = """
            export LD_LIBRARY_PATH='\(ground.folder)'
            '\(ground.folder)/taker' & target=$!
            "$@"
            status=$?
            kill -KILL $target
            exit $status
            """
        let result = try Tool(shell: shell).run([
            "run", recipe, "--engine", "bpf", "--timeout", "2s", "--format", "json",
        ])
        #expect(result.status == 0, "\(result)")
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        let rows = try #require((json["tables"] as? [[String: Any]])?.first?["rows"] as? [[Any]])
        #expect(rows.map { $0.last as? String } == ["taker"], "\(result)")
    }

    @Test func aProgramOfAnotherMountNamespaceIsFoundThroughItsProcess() throws {
        let ground = try BeatGround()
        defer { ground.remove() }
        // Its file is on a file system that only the namespace has.
        let shell = """
            mkdir hidden
            unshare --mount --propagation private sh -c \
                'mount -t tmpfs none hidden && cp "$0" hidden/beat && echo $$ >pid && exec hidden/beat' \
                '\(ground.program)' & target=$!
            for i in $(seq 100); do [ "$(readlink /proc/$(cat pid)/exe)" = "$PWD/hidden/beat" ] && break; sleep 0.05; done
            "$@" --binary "/proc/$(cat pid)/root$PWD/hidden/beat"
            status=$?
            kill $target
            exit $status
            """
        let result = try Tool(shell: shell).run([
            "run", ground.folder + "/beats.yaml", "--engine", "bpf", "--timeout", "1s",
        ])
        #expect(result.status == 0, "\(result)")
        #expect(result.output.contains("Who beats"), "\(result)")
    }

    @Test func modulesAreNotTheBuiltInEngines() throws {
        let result = try Tool().run(["run", "nginx-5xx", "--module", "x.ko", "--engine", "bpf"])
        #expect(result.status == 2, "\(result)")
        #expect(result.errors.contains("modules are SystemTap's"), "\(result)")
    }
}
