import Foundation
import TestSupport
import Testing

/// `validate` on recipes and scripts, one and many; what is said stands in a golden file.
///
/// One after the other, as a survey sees the programs that run.
@Suite(.serialized) struct ValidateTests {
    private static let golden = Tool.root + "/Tests/Fixtures/Commands/validate.txt"

    /// Run in the folder of the sample's files.
    private static let commands: [[String]] = [
        ["fitting.yaml", "--binary", "./sample"],
        ["fitting.yaml", "wrong.yaml", "wrong.stp", "runbook.yaml", "--binary", "./sample"],
        ["wrong.stp", "fitting.yaml"],
        ["fitting.yaml", "sample.yaml"],
        ["fitting.yaml", "sample.yaml", "--binary", "./sample", "--scale", "2"],
        ["--binary", "./sample", "fitting.yaml"],
        ["sub/fitting.yaml", "fitting.yaml", "--binary=./sample"],
        ["arguments.stp"],
        ["arguments.stp", "--", "./sample", "7"],
        ["guru.stp"],
        ["guru.stp", "--allow-guru"],
        ["nothing.stp", "folder.stp", "fitting.yaml"],
        ["fitting.yaml", "wrong.yaml", "--binry", "./sample"],
        ["wrong.stp", "--binary", "./sample"],
        ["fitting.yaml", "wrong.stp", "--", "true"],
        ["fitting.yaml", "--binary", "./sample", "sample.yaml"],
        ["nginx-5x", "fitting.yaml"],
        ["runbook.yaml"],
        ["runbook.yaml", "--set", "p=/nowhere/there"],
        ["runbook.yaml", "--binary", "./sample"],
        [],
        ["--all-recipes", "fitting.yaml"],
        [
            "fitting.yaml", "wrong.yaml", "wrong.stp", "sample.yaml", "--binary", "./sample", "--format",
            "json",
        ],
    ]

    @Test func eachSubjectHasItsVerdict() throws {
        let sample = try SampleProgram(isStripped: false)
        try Self.writeFiles(sample.folder)
        var text = ""
        for command in Self.commands {
            let result = try Tool(directory: sample.folder).run(["validate"] + command)
            let said = (result.errors + result.output).replacing(sample.folder, with: "DIR")
                .replacing(/0x[0-9a-f]{4,}/, with: "ADDRESS")
            text += "$ taprecipe validate \(command.joined(separator: " "))\n\(said)exit \(result.status)\n\n"
        }
        #expect(try Golden.difference(text, from: Self.golden) == nil)
    }

    @Test func aSurveySaysOfEachRecipeWhatItWouldTake() throws {
        let sample = try SampleProgram(isStripped: false)
        try Self.writeFiles(sample.folder)
        try FileManager.default.removeItem(atPath: "\(sample.folder)/runbook.yaml")
        let sound = try Tool().run(["validate", "--all-recipes", "--recipes", sample.folder])
        #expect(sound.status == 0, "\(sound)")
        let lines = sound.output.split(separator: "\n")
        let ofRecipes = lines.prefix {
            !$0.hasPrefix("'taprecipe doctor") && !$0.hasPrefix("no recipe can run by ")
        }
        let names = ofRecipes.compactMap { $0.split(separator: " ").first }
        #expect(names == names.sorted())
        // Why an engine can run nothing here is said once.
        for reason in ["stap: ", "bpf: "] {
            #expect(!ofRecipes.allSatisfy { $0.contains(reason) }, "\(sound.output)")
        }
        let absent = ofRecipes.first { $0.hasPrefix("absent ") } ?? ""
        #expect(!absent.contains("; engine ") || absent.hasSuffix(" if the script fits"), "\(absent)")
        #expect(Set(names).isSuperset(of: ["absent", "fitting", "nginx-5xx", "wrong"]))

        let recipes = try Self.survey(sample.folder)
        #expect(recipes["fitting"]?.parameters == ["binary": sample.path])
        #expect(recipes["fitting"]?.points.map(\.function) == ["measure"])
        #expect(recipes["wrong"]?.state == "cannot-run")
        let first = try #require(recipes["wrong"]?.reasons.first)
        #expect(first == "'z' is not a member of struct point (did you mean 'x' or 'y'?)")
        #expect(recipes["absent"]?.needs == ["--binary FILE"])
        #expect(
            recipes["absent"]?.reasons.first
                == "no process that can be seen runs 'absent', and '/nowhere/absent' is not here")
        #expect(recipes["absent"]?.points.isEmpty == true)
        #expect(recipes["fork-trace-c"]?.needs == ["--allow-guru"])
        // Whether an engine is here depends on the machine, but it is one for all.
        #expect(recipes["fitting"]?.reasons == Array(recipes["wrong"]?.reasons.dropFirst() ?? []))
    }

    @Test func aSurveyPrefersTheProgramThatRuns() throws {
        let sample = try SampleProgram(isStripped: false)
        try Self.writeFiles(sample.folder)
        let running = sample.folder + "/absent"
        try FileManager.default.copyItem(atPath: sample.path, toPath: running)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: running)
        process.arguments = ["sleep", "please"]
        try process.run()
        defer {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        let recipes = try Self.survey(sample.folder)
        #expect(recipes["absent"]?.parameters == ["binary": running])
        #expect(recipes["absent"]?.points.count == 1)
    }

    @Test func aSurveyWithAnUnsoundRecipeEndsWithThree() throws {
        let sample = try SampleProgram(isStripped: false)
        try Self.writeFiles(sample.folder)
        let result = try Tool().run(["validate", "--all-recipes", "--recipes", sample.folder])
        #expect(result.status == 3, "\(result)")
        #expect(
            result.output.contains(
                /runbook +unsound: found 'steps', as a runbook has them/), "\(result)")
        #expect(result.errors.contains("runbook.yaml:4:1: error: found 'steps'"))
    }

    private struct Survey: Decodable {
        struct Point: Decodable { var function: String }
        struct Recipe: Decodable {
            var name: String
            var state: String
            var needs: [String]
            var parameters: [String: String]
            var reasons: [String]
            var points: [Point]
        }
        var recipes: [Recipe]
    }

    private static func survey(_ folder: String) throws -> [String: Survey.Recipe] {
        let result = try Tool().run(["validate", "--all-recipes", "--recipes", folder, "--format", "json"])
        let survey = try JSONDecoder().decode(Survey.self, from: Data(result.output.utf8))
        return Dictionary(uniqueKeysWithValues: survey.recipes.map { ($0.name, $0) })
    }

    private static func writeFiles(_ folder: String) throws {
        func write(_ name: String, _ text: String) throws {
            try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        }
        func recipe(_ name: String, member: String, example: String) -> String {
            """
            name: \(name)
            summary: where a point is measured
            parameters:
              binary: { type: executable, required: true, examples: [\(example)] }
            script: |
              probe process("{{binary}}").function("measure") { printf("%d\\n", $p->\(member)) }

            """
        }
        for name in ["sub", "folder.stp"] {
            try FileManager.default.createDirectory(
                atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
        }
        try write("fitting.yaml", recipe("fitting", member: "x", example: "\(folder)/sample"))
        try write("sub/fitting.yaml", recipe("fitting", member: "y", example: "\(folder)/sample"))
        try write("wrong.yaml", recipe("wrong", member: "z", example: "\(folder)/sample"))
        try write("absent.yaml", recipe("absent", member: "x", example: "/nowhere/absent"))
        try write(
            "runbook.yaml",
            "name: runbook\nsummary: x\nvariables: { p: \(folder)/sample }\nsteps:\n  - { recipe: ./fitting.yaml, parameters: { binary: \"{{p}}\" } }\n"
        )
        try write(
            "wrong.stp",
            "# A comment.\nprobe process(\"\(folder)/sample\").function(\"measure\") {\n    println($scal)\n}\n"
        )
        try write(
            "arguments.stp", "probe process(@1).function(\"measure\") { println($p->x > $2) }\n")
        try write(
            "guru.stp", "probe process(\"\(folder)/sample\").function(\"measure\") {\n    $p->x = 5\n}\n")
    }
}
