import Diagnostics
import Engine
import Foundation
import RecipeModel
import Testing

@testable import taprecipe

/// The way from the command line to the engine and its messages back, with real stap.
@Suite struct CompileTests {
    /// A folder with a recipe and a program that it probes.
    private final class Workshop {
        let folder: String
        var program: String { folder + "/program" }
        var recipe: String { folder + "/r.yaml" }
        /// In this process, as a helper would be another test runner.
        static var reader: DebugReader { .here() }

        init(body: String) throws {
            folder =
                FileManager.default.temporaryDirectory
                .appendingPathComponent("taprecipe-compile-\(UUID())").path
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try "int helper(int rc) { return rc; }\nint main(void) { return helper(3); }\n"
                .write(toFile: folder + "/program.c", atomically: true, encoding: .utf8)
            let compiler = Process()
            compiler.executableURL = URL(fileURLWithPath: "/usr/bin/gcc")
            compiler.arguments = ["-g", "-O0", "-o", program, folder + "/program.c"]
            try compiler.run()
            compiler.waitUntilExit()
            try """
            name: r
            summary: What helper is called with
            parameters:
              binary: { type: executable, required: true, help: program }
            script: |
              probe process("{{binary}}").function("helper") { \(body) }
            records:
              hit: { line: "rc: {rc:integer}" }

            """.write(toFile: recipe, atomically: true, encoding: .utf8)
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        var plan: RunPlan {
            get throws {
                let source = SourceFile(
                    name: recipe, bytes: Array(try Data(contentsOf: URL(fileURLWithPath: recipe))))
                let bound = try BoundRecipe(
                    try RecipeLoader.load(source), words: ["--binary", program])
                let console = Console(color: .never, environment: [:])
                let checked = try CheckedScript(
                    bound, fetcher: DebugInfoFetcher(console: console, environment: [:]),
                    reader: Workshop.reader)
                return RunPlan(
                    bound: bound, script: checked.script, resolved: checked.resolved,
                    probed: checked.probedFiles)
            }
        }

        func compile(_ options: [String]) throws -> Tool.Result {
            try Tool().run(
                ["compile", recipe, "--binary", program, "-o", folder + "/x.ko", "--kernel-release"]
                    + [try CompileTests.release()] + options, limit: 120)
        }
    }

    private static func release() throws -> String {
        try #require(
            try FileManager.default.contentsOfDirectory(atPath: "/lib/modules").sorted().last {
                FileManager.default.fileExists(atPath: "/lib/modules/\($0)/build/Makefile")
            }, "no kernel headers: apt-get install linux-headers-amd64")
    }

    @Test(arguments: [
        ("printf(\"rc: %d\\n\", $rc)", false), ("print_ubacktrace()", true),
        ("println(sprint_ustack(ubacktrace()))", true),
    ])
    func unwindDataIsAskedForOnlyWhereABacktraceIsPrinted(body: String, isUnwound: Bool) throws {
        let workshop = try Workshop(body: body)
        let request = try workshop.plan.request(
            Budget(timeout: .seconds(1)), pinned: Limits(), allowsGuru: false, reader: Workshop.reader)
        #expect(request.unwindModules.map(\.path) == (isUnwound ? [workshop.program] : []))
        #expect(request.unwindModules.allSatisfy { $0.buildID != nil })
        #expect(request.libraries.contains { $0.path.hasSuffix("/libc.so.6") } == isUnwound)
    }

    @Test func whatStapRefusesIsSaidOnceAndVerboseTellsHowItWasAsked() throws {
        let workshop = try Workshop(body: "println($rc + (8 >>> 1))")
        let result = try workshop.compile(["--verbose"])
        #expect(result.status == 3)
        #expect(result.output == "")
        let lines = result.errors.split(separator: "\n")
        // The error, and stap's word on where it came from; each once.
        let errors = lines.filter { $0.contains("error: ") }
        #expect(errors.count == 2 && Set(errors).count == 2, "\(errors)")
        #expect(lines.contains { $0.contains("error: ") && $0.contains("unsupported binary operator >>>") })
        let debug = lines.filter { $0.hasPrefix("debug: ") }
        #expect(debug.contains { $0.contains("/usr/bin/stap -v -p4 -m taprecipe_") })
        #expect(debug.contains { $0.hasPrefix("debug: cache miss") })
        #expect(debug.contains { $0.hasPrefix("debug: phase") && $0.contains("name=compile") })
        #expect(!debug.contains { $0.contains("--ldd") || $0.contains("--skip-badvars") })
        #expect(!FileManager.default.fileExists(atPath: workshop.folder + "/x.ko"))
        let quiet = try workshop.compile([])
        #expect(quiet.status == 3)
        #expect(!quiet.errors.contains("debug: "))
    }

    @Test func theDeadlineCountsFromTheStartAndLeavesNothing() throws {
        let workshop = try Workshop(body: "printf(\"rc: %d\\n\", $rc)")
        // Over while the machine is looked at, and over in the compile.
        for (deadline, phase) in [("1ms", "check"), ("3s", "compile")] {
            let result = try workshop.compile(["--deadline", deadline])
            #expect(result.status == 5)
            #expect(result.errors.contains("the time for the phase '\(phase)' was over before it was done"))
            #expect(!result.errors.contains("stap's pass"))
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: workshop.folder)
        #expect(names.sorted() == ["program", "program.c", "r.yaml"])
    }
}
