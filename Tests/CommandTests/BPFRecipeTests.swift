import Foundation
import TestSupport
import Testing

/// The recipes on the built-in engine, as `--engine auto` chooses it, with programs whose faults are known.
@Suite(.enabled(if: getuid() == 0, "placing probes needs root"), .serialized)
struct BPFRecipeTests {
    /// Leaks 7 blocks of 100 bytes, 3 of 10000 and one of 4096 that grew, and frees one twice where it is told to.
    ///
    /// Waits for a file that a second argument names.
    private static let source = """
        #include <stdlib.h>
        #include <unistd.h>
        __attribute__((noinline)) void *small(void) { return malloc(100); }
        __attribute__((noinline)) void *big(void) { return calloc(10, 1000); }
        __attribute__((noinline)) void *aligned(void) { void *p = 0; return posix_memalign(&p, 64, 50) ? 0 : p; }
        __attribute__((noinline)) void *grown(void) { return realloc(aligned(), 4096); }
        __attribute__((noinline)) void good(void) { void *p = malloc(333); *(volatile char *)p = 1; free(p); }
        __attribute__((noinline)) void first(void *p) { free(p); }
        __attribute__((noinline)) void second(void *p) { free(p); }
        void *volatile kept[16];
        int main(int count, char **words)
        {
            int n = 0;
            if (count > 2) while (access(words[2], F_OK)) usleep(20000);
            for (int i = 0; i < 7; i++) kept[n++] = small();
            for (int i = 0; i < 3; i++) kept[n++] = big();
            for (int i = 0; i < 20; i++) good();
            kept[n++] = grown();
            if (count > 1 && words[1][0] == 't') { void *p = malloc(24); first(p); second(p); }
            return 0;
        }
        """

    private let folder: String
    private var program: String { folder + "/leaking" }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "taprecipe-recipes-\(UUID())").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        try Self.source.write(toFile: folder + "/leaking.c", atomically: true, encoding: .utf8)
        try TestTool.shell("gcc -g -O0 -fno-builtin -w -o '\(folder)/leaking' '\(folder)/leaking.c'")
    }

    /// Writes a recipe that root runs.
    private func write(_ recipe: String, to name: String) throws {
        try recipe.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o644], ofItemAtPath: "\(folder)/\(name)")
    }

    @Test func leaksAreFoundByTheirSites() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let result = try Tool().run([
            "run", "heap-leaks", "--program", program, "--format", "json", "--timeout", "40s", "--", program,
        ])
        #expect(result.status == 0, "\(result)")
        let summary = try SummaryJSON(result)
        #expect(summary.engine.hasPrefix("bpf "), "\(result)")
        let rows = summary.rows("Held at the end")
        let sizes = rows.map { "\($0[0])/\($0[1])" }
        #expect(sizes == ["30000/3", "4096/1", "700/7"], "\(result)")
        for (row, names) in zip(
            rows, [["__libc_calloc", "big"], ["__libc_realloc", "grown"], ["malloc", "small"]])
        {
            let functions = summary.functions(row[2])
            #expect(
                Array(functions.prefix(3)) == names + ["main"] && functions.last == "_start", "\(functions)")
        }
        #expect(summary.rows("Freed twice").isEmpty)
        #expect(summary.rows("Calls").map { "\($0[0])/\($0[1])" } == ["32/20"])
    }

    @Test func aDoubleFreeIsShownWithBothStacks() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let result = try Tool().run([
            "run", "heap-leaks", "--program", program, "--format", "json", "--timeout", "40s", "--", program,
            "twice",
        ])
        let summary = try SummaryJSON(result)
        let row = try #require(summary.rows("Freed twice").first, "\(result)")
        #expect(summary.rows("Freed twice").count == 1, "\(result)")
        #expect(summary.functions(row[1]).dropFirst().prefix(2) == ["second", "main"], "\(result)")
        #expect(summary.functions(row[2]).dropFirst().prefix(2) == ["first", "main"], "\(result)")
    }

    @Test func aProcessThatRunsIsFollowed() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let shell = """
            '\(program)' twice "$PWD/go" 2>/dev/null & target=$!
            "$@" --pid $target 2>log & run=$!
            \(Tool.waitForTrace)
            touch go
            wait $run
            """
        let result = try Tool(shell: shell).run([
            "run", "heap-leaks", "--program", program, "--format", "json", "--timeout", "20s", "--verbose",
        ])
        #expect(result.status == 0, "\(result)")
        let summary = try SummaryJSON(result)
        #expect(summary.rows("Held at the end").count == 3, "\(result)")
        #expect(summary.rows("Freed twice").count == 1, "\(result)")
    }

    @Test func forksAreATree() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let result = try Tool().run([
            "run", "fork-trace", "--format", "json", "--", "bash", "-c",
            "for i in 1 2 3; do (sleep 0.1; /bin/true; :) & done; wait",
        ])
        #expect(result.status == 0, "\(result)")
        let summary = try SummaryJSON(result)
        #expect(summary.engine.hasPrefix("bpf "), "\(result)")
        #expect(
            Set(summary.rows("Programs started").map { "\($0[0]) \($0[1])" }) == [
                "3 sleep", "3 true", "1 bash",
            ])
        #expect(summary.rows("Who forks most").map { "\($0[0])" } == ["3", "2", "2", "2"])
        // Each is called by what it became; the shells in between started nothing.
        let trees = try #require(summary.json["trees"] as? [[String: Any]])
        let nodes = try #require(trees.first?["nodes"] as? [[String: Any]]).map {
            "\($0["depth"] ?? "") \($0["label"] ?? "")".prefix { $0 != "(" }
        }
        #expect(
            nodes.sorted() == ["0 bash "] + Array(repeating: "1 bash ", count: 3)
                + Array(repeating: "2 sleep ", count: 3) + Array(repeating: "2 true ", count: 3), "\(nodes)")
    }

    /// A root directory of its own, with a copy of the program: another file.
    @Test func aCopyInAnotherRootIsFoundThroughItsProcess() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try TestTool.shell("gcc -g -O1 -static -fno-builtin -w -o '\(folder)/still' '\(folder)/leaking.c'")
        try write(
            """
            name: small
            summary: blocks
            parameters:
              binary: {type: executable, required: true}
            script: |
              probe process("{{binary}}").function("small").return { printf("small %d\\n", $return != 0) }
              probe process("{{binary}}").end { printf("end %s\\n", execname()) }
            records:
              small: {line: "small {got:integer}"}
              end: {line: "end {name}"}
            summary-tables:
              - {title: Small, of: small, group-by: [got], columns: [count, got]}
              - {title: Ends, of: end, group-by: [name], columns: [count, name]}
            """, to: "small.yaml")
        let shell = """
            mkdir -p jail/bin && cp still jail/bin/still
            chroot jail /bin/still x /go & target=$!
            for i in $(seq 100); do [ "$(readlink /proc/$target/root)" = "$PWD/jail" ] && break; sleep 0.05; done
            "$@" --binary "/proc/$target/root/bin/still" 2>log & run=$!
            \(Tool.waitForTrace)
            ./still x "$PWD/still"
            touch jail/go
            wait $target
            kill -INT $run
            wait $run
            """
        let result = try Tool(directory: folder, shell: shell).run([
            "run", folder + "/small.yaml", "--engine", "bpf", "--timeout", "30s", "--format", "json",
            "--verbose",
        ])
        let summary = try SummaryJSON(result)
        #expect(summary.rows("Small").map { "\($0[0]) \($0[1])" } == ["7 1"], "\(result)")
        #expect(summary.rows("Ends").map { "\($0[0]) \($0[1])" } == ["1 still"], "\(result)")
    }

    /// The header of a 32-bit program is enough to be refused.
    @Test func aNarrowProgramIsRefused() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var header: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 1, 1, 1] + [UInt8](repeating: 0, count: 9)
        header += [2, 0, 3, 0, 1, 0, 0, 0] + [UInt8](repeating: 0, count: 28)
        try Data(header).write(to: URL(filePath: folder + "/narrow"))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder + "/narrow")
        let result = try Tool().run([
            "run", "heap-leaks", "--engine", "bpf", "--libc", folder + "/narrow", "--timeout", "1s", "--",
            "/bin/true",
        ])
        #expect(result.status != 0, "\(result)")
        #expect(result.errors.contains("'\(folder)/narrow' is a 32-bit binary"), "\(result)")
    }
}
