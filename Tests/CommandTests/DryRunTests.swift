import Foundation
import Testing

/// `run --dry-run`: what the checks found, and lines that do in a shell what a run would.
@Suite struct DryRunTests {
    private static let recipe = """
        name: hit
        summary: x
        parameters:
          words: { type: string, default: none, help: x }
          number: { type: integer, default: 3, help: x }
        limits: { MAXACTION: 5000, STP_NO_OVERLOAD: 1, buffer: 8MiB }
        script: |
          probe process("/bin/true").begin { printf("%s %d", "{{words}}", {{number}}) }
        """
    private static let value = "it's; \"$(touch ran)\" %d `x` \\ #"

    private static func withRecipe<Result>(_ body: (String) throws -> Result) throws -> Result {
        let folder = "/var/tmp/taprecipe-dry-\(UUID())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try recipe.write(toFile: folder + "/hit.yaml", atomically: true, encoding: .utf8)
        return try body(folder)
    }

    @Test func whatItPrintsIsWhatTheChecksFoundAndTheCommandLines() throws {
        try Self.withRecipe { folder in
            let result = try Tool(directory: folder).run(
                [
                    "run", "hit.yaml", "--engine", "stap", "--words", Self.value, "--timeout", "5s",
                    "--dry-run", "--pid",
                    "\(getpid())",
                ])
            #expect(result.status == 0, "\(result)")
            let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false).map(
                String.init)
            #expect(lines[0] == "# checked: 0 probed places")
            #expect(lines[1] == "#   process(\"/bin/true\").begin")
            #expect(lines[3].hasPrefix("# would trace for 5s on "))
            let quoted = #"'--words=it'\''s; "$(touch ran)" %d `x` \ #'"#
            #expect(lines[4] == "taprecipe expand hit.yaml \(quoted) >hit.stp")
            #expect(lines[5].contains(" -p4 -m taprecipe_"))
            #expect(lines[5].contains(" -DMAXACTION=5000 -DSTP_NO_OVERLOAD hit.stp"), "\(lines[5])")
            #expect(
                lines[6].contains("/staprun -v -v -C never -b 8 -x \(getpid()) taprecipe_"), "\(lines[6])")
        }
    }

    @Test func aRecipeThatCannotRunHereIsShownWithAWarning() throws {
        try Self.withRecipe { folder in
            chmod(folder + "/hit.yaml", 0o666)
            let result = try Tool(directory: folder).run(["run", "hit.yaml", "--dry-run"])
            #expect(result.status == 0)
            #expect(result.errors.contains("warning: "), "\(result.errors)")
            #expect(result.errors.contains("hit.yaml"), "\(result.errors)")
            #expect(!result.errors.contains("error: "), "\(result.errors)")
        }
    }

    @Test func theLinesCanBePasted() throws {
        try #require(geteuid() == 0, "a mount namespace needs root")
        try Self.withRecipe { folder in
            let program = (Tool.executable as NSString).deletingLastPathComponent
            // What stands before the script, as a shell reads it.
            let shell = """
                exec '\(Tool.root)/Tests/Fixtures/Commands/fake-machine.sh' ok hello sh -c '
                "$@" >plan && sed "/^# hit.stp:$/,\\$d" plan >paste.sh &&
                PATH="\(program):$PATH" sh -eu paste.sh' sh "$@"
                """
            let arguments = ["hit.yaml", "--words", Self.value]
            let result = try Tool(directory: folder, shell: shell).run(
                ["run"] + arguments + ["--engine", "stap", "--dry-run"])
            #expect(result.status == 0, "\(result)")
            // What the stand-in of staprun prints of a module that the stand-in of stap made.
            #expect(result.output.hasSuffix("one\ntwo\nthree"), "\(result)")
            let script = try String(contentsOfFile: folder + "/hit.stp", encoding: .utf8)
            #expect(script == (try Tool(directory: folder).run(["expand"] + arguments)).output)
            let plan = try String(contentsOfFile: folder + "/plan", encoding: .utf8)
            #expect(plan.hasSuffix("# hit.stp:\n" + script))
            #expect(!FileManager.default.fileExists(atPath: folder + "/ran"))
        }
    }

    /// stap says nothing of the bit-fields that it reads from a wrong place; DWARF 4 tells them in a way that it reads.
    @Test(arguments: [("5", "stap", true), ("5", "bpf", false), ("4", "stap", false)])
    func whatStapMisreadsIsKnownBeforeTheRun(_ version: String, _ engine: String, _ isInDoubt: Bool) throws {
        let program = try BuiltProgram("bits", options: "-gdwarf-\(version)")
        let recipe = """
            name: bits
            summary: A bit-field
            script: |
              probe process("\(program.path)").function("visit") { println($flags->second) }
            """
        try recipe.write(toFile: program.folder + "/bits.yaml", atomically: true, encoding: .utf8)
        let result = try Tool(directory: program.folder).run([
            "run", "bits.yaml", "--engine", engine, "--dry-run",
        ])
        #expect(result.status == 0, "\(result)")
        let words = """
            warning: stap misreads bit-fields of DWARF 5: '$flags->second'
              note: the result is going to be inconclusive
            """
        #expect(result.errors.contains(words) == isInDoubt, "\(result)")
    }
}
