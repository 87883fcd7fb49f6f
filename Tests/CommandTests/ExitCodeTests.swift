import Foundation
import Testing

/// The exit codes of `run` that need a run: on a machine that seems able to trace, with the stand-ins of stap and
/// staprun that the engine's tests use.
@Suite struct ExitCodeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        /// What the stand-ins do, and what is given to `run` besides the recipe.
        var stap = "ok"
        var staprun: String
        var options: [String] = []
        /// What a shell does with the command line; `exec "$@"` runs it.
        var shell = "exec \"$@\""
        var status: Int32
        var output: String
        var errors = ""
        /// How often it is said that something went wrong.
        var errorCount: Int? = nil

        var testDescription: String { "\(stap), \(staprun), \(options), \(shell): \(status)" }
    }

    static let cases: [Case] = [
        Case(staprun: "hello", status: 0, output: "hit: 1 hit; complete\n"),
        Case(staprun: "hello", options: ["--fail-if", "part"], status: 0, output: "hit: 1 hit; complete\n"),
        Case(staprun: "hello", options: ["--fail-if", "hit"], status: 10, output: "hit: 1 hit; complete\n"),
        Case(
            staprun: "killed", status: 1, output: "hit: 1 part; degraded\n"),
        Case(
            staprun: "killed", options: ["--fail-if", "part"], status: 10, output: "hit: 1 part; degraded\n"),
        Case(
            staprun: "refused", status: 4, output: "never began to trace",
            errors: "the kernel does not take the module"),
        Case(
            stap: "fail:\(Tool.root)/Tests/Fixtures/Engine/messages/unknown-variable.txt", staprun: "hello",
            status: 3, output: "", errors: "error: '$argd' is not a variable", errorCount: 1),
        Case(
            stap: "fail:\(Tool.root)/Tests/Fixtures/Engine/messages/compiler-error.txt", staprun: "hello",
            status: 4, output: "", errors: "does not compile user-space probes", errorCount: 1),
        Case(
            staprun: "target", status: 5, output: "complete: nothing was recorded and nothing was lost"),
        Case(
            stap: "hang", staprun: "hello", options: ["--deadline", "3s"], status: 5, output: "",
            errors: "the phase 'compile'"),
        Case(
            staprun: "skipped", options: ["--limit", "MAXTRYLOCK=100"], status: 6,
            output: "hit: nothing was recorded; inconclusive\n"),
        Case(
            // Long before its timeout.
            staprun: "target", options: ["--timeout", "60s"],
            shell: #""$@" & sleep 3; kill -INT $!; wait $!"#, status: 130, output: "was interrupted"),
        Case(
            staprun: "hello", shell: "exec \"$@\" >&-", status: 1, output: "",
            errors: "error: cannot write to standard output: Bad file descriptor\n"),
        Case(
            staprun: "hello", shell: "exec \"$@\" >/dev/full", status: 1, output: "",
            errors: "error: cannot write to standard output: No space left on device\n"),
        Case(
            staprun: "hello",
            shell: #"(trap "" PIPE; exec "$@"; echo "not reached") | true; exec "$@" | head -1"#,
            status: 0, output: "hit: 1 hit; complete\n"),
        Case(
            staprun: "hello", options: ["--output", "/dev/full"], status: 1, output: "",
            errors: "error: cannot write to '/dev/full': No space left on device\n"),
        Case(
            staprun: "hello", options: ["--raw", "/dev/full"], status: 1, output: "hit: 1 hit; complete\n",
            errors: "error: cannot write to '/dev/full': No space left on device\n"),
        Case(
            staprun: "hello", options: ["--output", "/sys/summary"], status: 1, output: "",
            errors: "error: cannot write '/sys/summary': "),
        Case(
            staprun: "hello", options: ["--raw", "/sys/raw"], status: 1, output: "",
            errors: "error: cannot write '/sys/raw': "),
    ]

    @Test(arguments: cases)
    func aRunEndsWithItsExitCode(_ run: Case) throws {
        try #require(geteuid() == 0, "a mount namespace needs root")
        let folder = "/var/tmp/taprecipe-exit-\(UUID())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let recipe = """
            name: hit
            summary: x
            script: |
              probe begin { println("two") }
            records:
              hit: { line: "two" }
              part: { line: "partial" }
            """
        try recipe.write(toFile: folder + "/hit.yaml", atomically: true, encoding: .utf8)
        let machine = "\(Tool.root)/Tests/Fixtures/Commands/fake-machine.sh"
        let shell = "exec \(machine) '\(run.stap)' '\(run.staprun)' sh -c '\(run.shell)' sh \"$@\""
        let timeout = run.options.contains("--timeout") ? [] : ["--timeout", "1s"]
        let result = try Tool(environment: ["TMPDIR": folder], shell: shell).run(
            ["run", folder + "/hit.yaml", "--engine", "stap", "--no-retry"] + timeout + run.options)
        #expect(result.status == run.status, "\(result)")
        if run.output.hasSuffix("\n") {
            #expect(result.output.hasPrefix(run.output), "\(result)")
        } else if run.output.isEmpty {
            #expect(result.output.isEmpty, "\(result)")
        } else {
            #expect(result.output.contains(run.output), "\(result)")
        }
        #expect(run.errors.isEmpty || result.errors.contains(run.errors), "\(result)")
        if let count = run.errorCount {
            #expect(result.errors.components(separatedBy: run.errors).count == count + 1, "\(result)")
        }
        // The recipe and nothing else: no draft, no run's directory.
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["hit.yaml"])
    }

    @Test func everyExitCodeIsDocumented() throws {
        let page = try String(contentsOfFile: Tool.root + "/docs/operators.md", encoding: .utf8)
        let help = try Tool().run(["--help"]).output.split(whereSeparator: \.isWhitespace).joined(
            separator: " ")
        for code in [0, 1, 2, 3, 4, 5, 6, 10, 130] {
            #expect(page.contains("\n| \(code) | "), "\(code)")
            #expect(help.contains(" \(code) "), "\(code)")
        }
    }
}
