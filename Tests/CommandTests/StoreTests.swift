import Foundation
import TestSupport
import Testing

/// The run store, as users and many processes have it.
///
/// Its bundles come from real runs.
@Suite(.enabled(if: getuid() == 0, "placing probes needs root"), .serialized)
struct StoreTests {
    /// A program with two functions, a recipe for it, and a store, in a folder that only root writes.
    final class Ground {
        let folder: String
        var store: String { folder + "/state/runs.sqlite" }
        private var tool: Tool { Tool(environment: ["TOKEN": Self.secret], directory: folder) }
        static let secret = "e8c1-secret-of-the-environment"

        init() throws {
            folder = "/var/tmp/taprecipe-store-\(UUID())"
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
            let source = """
                #include <unistd.h>
                __attribute__((noinline)) void beat(int n) { __asm__ volatile("" : : "r"(n) : "memory"); }
                __attribute__((noinline)) void call(int n) { beat(n); __asm__ volatile("" : : : "memory"); }
                int main(int count, char **words) { for (int n = 0; n < 3 + count; n++) call(n); return 0; }
                """
            try source.write(toFile: folder + "/beat.c", atomically: true, encoding: .utf8)
            _ = try TestTool.output(of: "gcc", ["-g", "-O1", "-o", folder + "/beat", folder + "/beat.c"])
            try """
            name: beats
            summary: beats of a program
            parameters:
              binary: {type: executable, required: true}
            script: |
              probe process("{{binary}}").function("beat").call {
                  printf("beat %d\\n", $n)
                  print_ubacktrace()
              }
            records:
              beat: {line: "beat {n:integer}", followed-by: stack}
            summary-tables:
              - {title: What beats, of: beat, group-by: [stack], columns: [count, stack]}
              - {title: Beats, of: beat, group-by: [n], columns: [count, n]}
            """.write(toFile: folder + "/beats.yaml", atomically: true, encoding: .utf8)
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        /// Runs the recipe on the program, which beats three times and once for each of its words.
        func run(_ options: [String] = [], words: [String] = []) throws -> Tool.Result {
            try tool.run(
                ["run", "./beats.yaml", "--binary", folder + "/beat", "--engine", "bpf", "--store", store]
                    + options + ["--", folder + "/beat"] + words)
        }

        func taprecipe(_ words: String...) throws -> Tool.Result { try tool.run(words + ["--store", store]) }

        /// A shell's commands, in which `$store_program`, `$store` and `$bundle` are the names of files.
        func shell(_ commands: String) throws -> Tool.Result {
            let variables = [
                "store_program": Tool.executable + "-store", "store": store, "bundle": folder + "/run.zip",
            ]
            return try Tool(environment: variables, directory: folder, shell: commands).run([], limit: 300)
        }

        /// A stored run, exported to `run.zip`.
        func export() throws {
            #expect(try run().status == 0)
            #expect(try taprecipe("export", "1", "-o", folder + "/run.zip").status == 0)
        }
    }

    @Test func aRunIsKeptShownComparedExportedAndReadElsewhere() throws {
        let ground = try Ground()
        let first = try ground.run()
        #expect(first.status == 0 && first.errors.isEmpty, "\(first)")
        #expect(try ground.run(words: ["one"]).status == 0)

        let history = try ground.taprecipe("history")
        #expect(history.status == 0, "\(history)")
        let lines = history.output.split(separator: "\n")
        #expect(
            lines.count == 3 && lines[1].hasPrefix("   2  ") && lines[1].contains(#/beats +5 +complete +0 /#),
            "\(history)")
        #expect(try ground.taprecipe("history", "--recipe", "other").output == "no runs\n")
        #expect(
            try ground.taprecipe("history", "--since", "1h", "--limit", "1").output.contains("and 1 more"))
        #expect(try ground.taprecipe("history", "--since", "2099-01-01").output == "no runs\n")

        // Word for word as it was printed, but for what a file gets: the page is wider.
        let shown = try ground.taprecipe("show-run", "1")
        #expect(shown.status == 0 && shown.output == first.output, "\(shown)")
        let folded = try ground.taprecipe("show-run", "1", "--format", "folded")
        #expect(folded.output.contains("call;beat 4\n"), "\(folded)")

        let difference = try ground.taprecipe("diff", "1", "2")
        #expect(difference.status == 10, "\(difference)")
        #expect(difference.output.hasPrefix("beats: 1 new, 1 grown\n"), "\(difference)")
        #expect(try ground.taprecipe("diff", "1", "1").status == 0)

        for id in ["1", "2"] {
            #expect(try ground.taprecipe("export", id, "-o", "\(ground.folder)/\(id).zip").status == 0)
        }
        let attributes = try FileManager.default.attributesOfItem(atPath: ground.folder + "/1.zip")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        // Elsewhere: without the store.
        try FileManager.default.removeItem(atPath: ground.folder + "/state")
        let report = try ground.taprecipeWithoutStore("report", "1.zip")
        #expect(report.status == 0 && report.output == first.output, "\(report)")
        #expect(try ground.taprecipe("diff", "1.zip", "2.zip").output == difference.output)
        let twice = try ground.taprecipe("merge", "1.zip", "1.zip")
        #expect(
            twice.status == 0 && twice.errors.contains("is the same run as '1.zip', which is counted once"),
            "\(twice)")
        #expect(
            twice.output.hasPrefix("beats: 4 beats") || twice.output.hasPrefix("beats on 1 host: "),
            "\(twice)")
        let merged = try ground.taprecipe("merge", "1.zip", "2.zip")
        #expect(
            merged.status == 0
                && merged.output.hasPrefix("beats on 2 hosts: 9 beats, 1 distinct stack; complete\n"),
            "\(merged)")
        let raw = try ground.shell(
            "python3 -m zipfile -e 1.zip out && exec \"$@\" report out/output.txt --recipe ./beats.yaml")
        #expect(raw.output.contains("beats: 4 beats, 1 distinct stack; complete"), "\(raw)")
        let both = try ground.taprecipeWithoutStore("report", "1.zip", "--recipe", "./beats.yaml")
        #expect(both.status == 2 && both.errors.contains("which brings its summary along"), "\(both)")
    }

    @Test func whatRanIsKeptWithTheRecipesThatItExtends() throws {
        let ground = try Ground()
        let (base, own) = (ground.folder + "/beats.yaml", ground.folder + "/own.yaml")
        let text = "name: own\nextends: ./beats.yaml\nsummary: our own beats\n"
        try text.write(toFile: own, atomically: true, encoding: .utf8)
        let beats = try String(contentsOfFile: base, encoding: .utf8)
        let run = try ground.shell(
            "exec \"$1\" run ./own.yaml --binary \"$PWD/beat\" --engine bpf --store \"$store\" -- \"$PWD/beat\""
        )
        #expect(run.status == 0 && run.output.hasPrefix("own: "), "\(run)")
        // What is there now is not what ran.
        try text.replacing("our own", with: "other").write(toFile: own, atomically: true, encoding: .utf8)

        let shown = try ground.taprecipe("show-run", "1", "--recipe")
        #expect(shown.status == 0 && shown.errors.isEmpty && shown.output == text + "---\n" + beats + "\n")
        let form = try ground.taprecipe("show-run", "1", "--recipe", "--format", "csv")
        #expect(form.status == 2 && form.errors.hasPrefix("error: found '--recipe' with"), "\(form)")
        #expect(try ground.taprecipe("export", "1", "-o", ground.folder + "/run.zip").status == 0)
        let script = """
            import hashlib, json, sys, zipfile
            archive = zipfile.ZipFile(sys.argv[1])
            files = archive.read("recipe.yaml") + archive.read("base-1.yaml")
            print(json.loads(archive.read("run.json"))["summary"]["run"]["recipeDigest"] == "sha256:" + hashlib.sha256(files).hexdigest())
            """
        let verdict = try TestTool.output(of: "python3", ["-c", script, ground.folder + "/run.zip"])
        #expect(String(decoding: verdict, as: UTF8.self) == "True\n")
    }

    @Test func noStoreIsMadeWithoutOne() throws {
        let ground = try Ground()
        #expect(try ground.run(["--store", "none"]).status == 0)
        #expect(!FileManager.default.fileExists(atPath: ground.folder + "/state"))
        let history = try ground.taprecipe("history")
        #expect(history.status == 1 && history.errors.contains("there is no run store"), "\(history)")
        let none = try ground.taprecipeWithoutStore("history", "--store", "none")
        #expect(none.status == 2, "\(none)")
    }

    /// Nothing that is wrong with the store touches the run: summary and exit code stand.
    @Test(arguments: [
        ("mkdir -m 700 state && head -c 9000 /dev/urandom >state/runs.sqlite", "is damaged or no store"),
        ("mkdir -m 700 state && mkdir state/runs.sqlite", "cannot use the run store"),
        ("mkdir -m 777 state && chmod 777 state", "others can write to its folder"),
        ("touch state", "cannot use the run store"),
        ("ln -s /proc/version state", "cannot use the run store"),
    ])
    func aBrokenStoreIsAWarning(preparation: String, words: String) throws {
        let ground = try Ground()
        #expect(try ground.shell(preparation).status == 0)
        let result = try ground.run(["--fail-if", "beat"])
        #expect(result.status == 10 && result.output.hasPrefix("beats: 4 beats"), "\(result)")
        #expect(result.errors.hasPrefix("warning: the run is not in the run store: "), "\(result)")
        #expect(result.errors.contains(words), "\(result)")
    }

    /// A real file system that is full, and one that can only be read.
    @Test(arguments: [
        (
            "mount -t tmpfs -o size=200k,mode=700 none state && head -c 190k /dev/zero >state/rest || :",
            "full"
        ),
        ("mount -t tmpfs -o mode=700 none state && mount -o remount,ro state", "Read-only file system"),
    ])
    func aDiskThatTakesNothingIsAWarning(preparation: String, words: String) throws {
        let ground = try Ground()
        let result = try ground.shell(
            """
            mkdir -m 700 state
            exec unshare --mount sh -c '\(preparation)
                "$@" run ./beats.yaml --binary "$PWD/beat" --engine bpf --store "$store" -- "$PWD/beat"' sh "$1"
            """)
        #expect(result.status == 0 && result.output.hasPrefix("beats: 4 beats"), "\(result)")
        #expect(result.errors.contains("warning: the run is not in the run store: "), "\(result)")
        #expect(result.errors.contains(words), "\(result)")
    }

    @Test func aStoreThatCanOnlyBeReadIsRead() throws {
        let ground = try Ground()
        #expect(try ground.run().status == 0)
        let result = try ground.shell(
            """
            exec unshare --mount sh -c 'mount --bind state state && mount -o remount,ro,bind state
                "$@" history --store "$store"' sh "$1"
            """)
        #expect(result.status == 0 && result.output.contains("beats"), "\(result)")
    }

    @Test func writersDoNotDisturbEachOther() throws {
        let ground = try Ground()
        try ground.export()
        let result = try ground.shell(
            """
            seq 30 | xargs -P 6 -I {} sh -c \
                '"$store_program" add "$store" 1000000 100000000 <"$bundle" >/dev/null || echo failed {}'
            "$1" history --store "$store" --limit 100 --format json
            """)
        #expect(result.status == 0 && result.errors.isEmpty, "\(result)")
        #expect(!result.output.contains("failed"), "\(result)")
        let ids = result.output.matches(of: /"id": (\d+)/).compactMap { Int($0.1) }
        #expect(ids == (1...31).reversed(), "\(result)")
    }

    @Test func writersThatAreKilledLeaveTheStoreWhole() throws {
        let ground = try Ground()
        try ground.export()
        var random = SeededGenerator()
        for _ in 0..<30 {
            let writer = Process()
            writer.executableURL = URL(filePath: Tool.executable + "-store")
            writer.arguments = ["add", ground.store, "1000000", "100000000"]
            writer.standardInput = try FileHandle(forReadingFrom: URL(filePath: ground.folder + "/run.zip"))
            writer.standardOutput = FileHandle.nullDevice
            writer.standardError = FileHandle.nullDevice
            try writer.run()
            usleep(.random(in: 0..<60_000, using: &random))
            kill(writer.processIdentifier, SIGKILL)
            writer.waitUntilExit()
        }
        // Another program judges; the log that the killed ones left is taken in.
        let check = """
            import sqlite3, sys
            print(sqlite3.connect(sys.argv[1]).execute("PRAGMA integrity_check").fetchone()[0])
            """
        let verdict = try TestTool.output(of: "python3", ["-c", check, ground.store])
        #expect(String(decoding: verdict, as: UTF8.self) == "ok\n", "seed \(random.seed)")
        #expect(try ground.run().errors.isEmpty, "seed \(random.seed)")
        let history = try ground.taprecipe("history", "--limit", "100", "--format", "json")
        let ids = history.output.matches(of: /"id": (\d+)/).compactMap { Int($0.1) }
        #expect(!ids.isEmpty && ids == ids.sorted(by: >) && ids.last == 1, "seed \(random.seed): \(ids)")
        for id in ids {
            #expect(try ground.taprecipe("show-run", "\(id)").status == 0, "seed \(random.seed)")
        }
    }

    /// Also where it was compressed, nothing of the environment is there.
    @Test func secretsOfTheEnvironmentAreNotInTheStore() throws {
        let ground = try Ground()
        try ground.export()
        let script = """
            import sys, zipfile
            archive = zipfile.ZipFile(sys.argv[2])
            content = open(sys.argv[1], "rb").read() + b"".join(archive.read(name) for name in archive.namelist())
            print(b"beats of a program" in content, sys.argv[3].encode() in content)
            """
        let answer = try TestTool.output(
            of: "python3", ["-c", script, ground.store, ground.folder + "/run.zip", Ground.secret])
        #expect(String(decoding: answer, as: UTF8.self) == "True False\n")
    }

    @Test func mistakesAreToldInWords() throws {
        let ground = try Ground()
        try ground.export()
        func expect(_ words: [String], _ status: Int32, _ message: String) throws {
            let result = try ground.shell(
                "shift; exec \"\(Tool.executable)\" \(words.joined(separator: " "))")
            #expect(result.status == status && result.errors.contains(message), "\(words): \(result)")
        }
        let store = "--store \(ground.store)"
        try expect(
            ["show-run", "7", store], 1, "error: the run store has no run 7; 'taprecipe history' lists those")
        try expect(["history", "--limit", "0", store], 2, "expected a number above 0")
        try expect(["history", "--since", "soon", store], 2, "--since")
        try expect(["run", "./beats.yaml", "--store-max-age", "0d"], 2, "--store-max-age")
        try expect(["diff", "beats.yaml", "1", store], 1, "is neither an exported run nor a summary in JSON")
        try expect(["diff", "missing", "1", store], 1, "cannot read 'missing'")
        try expect(["report", "beats.yaml"], 1, "is summarized by 'taprecipe report FILE --recipe NAME'")
        try Data(try Data(contentsOf: URL(filePath: ground.folder + "/run.zip")).dropLast(100))
            .write(to: URL(filePath: ground.folder + "/cut.zip"))
        try expect(["report", "cut.zip"], 1, "cannot read 'cut.zip': found a damaged archive")
        try expect(["export", "1", "-o", "/proc/nowhere", store], 1, "cannot write '/proc/nowhere'")
    }
}

extension StoreTests.Ground {
    /// A command that takes no store.
    func taprecipeWithoutStore(_ words: String...) throws -> Tool.Result {
        try Tool(directory: folder).run(words)
    }
}
