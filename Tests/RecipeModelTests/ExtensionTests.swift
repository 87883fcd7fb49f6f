import Diagnostics
import Foundation
import RecipeModel
import Testing

/// Recipes that extend others, as files in a folder.
@Suite struct ExtensionTests {
    private static let base = """
        name: base
        summary: What the base tells
        tags: [one]
        parameters:
          host: { type: string, max-length: 9, help: which host }
          least: { type: integer, minimum: 1, default: 5 }
        limits: { MAXACTION: 1000, MAXSKIPPED: 7 }
        script: |
          probe begin {
              printf("%d", {{least}})
          }
        records:
          hit: { line: "hit {n:integer}" }
          miss: { line: "miss {n:integer}" }
        summary-tables:
          - { title: Hits, of: hit, group-by: [n], columns: [count, n] }
          - { title: Misses, of: miss, columns: [n] }
        tests:
          - { name: of the base, script-contains: [printf] }

        """

    @Test func whatIsNotGivenIsAsInTheBase() throws {
        let recipe = try Self.load([
            "base": Self.base,
            "mine": """
            name: mine
            extends: base
            parameters:
              least: { default: 8 }
              host: { type: regex }
              more: { type: boolean, default: false }
            limits: { MAXACTION: 2000 }
            records:
              hit: { followed-by: stack }
            summary-tables:
              - { title: Misses, of: miss, group-by: [n], columns: [count, n] }
              - { title: Stacks, of: hit, group-by: [stack], columns: [count, stack] }

            """,
        ])
        #expect(recipe.name == "mine" && recipe.summary == "What the base tells" && recipe.tags == ["one"])
        #expect(recipe.parameters.map(\.name) == ["host", "least", "more"])
        #expect(recipe.parameters[0].type == .regex && recipe.parameters[0].help == "")
        #expect(recipe.parameters[1].type == .integer(minimum: 1, maximum: nil))
        #expect(recipe.parameters[1].defaultValue == .integer(8))
        #expect(recipe.limits.macros == [.MAXACTION: 2000, .MAXSKIPPED: 7])
        #expect(recipe.records.map(\.name) == ["hit", "miss"])
        #expect(recipe.records[0].followedBy.count == 1 && recipe.records[0].line.value == "hit {n:integer}")
        #expect(recipe.tables.map(\.title) == ["Hits", "Misses", "Stacks"])
        #expect(recipe.tables[1].groupBy.map(\.value) == ["n"])
        #expect(recipe.tests.isEmpty)
        #expect(recipe.bases.map(\.name) == ["base.yaml"])
    }

    @Test func placesAreThoseOfTheFilesThatStateThem() throws {
        let recipe = try Self.load([
            "base": Self.base,
            "middle": "name: middle\nextends: ./base.yaml\nlimits: { MAXERRORS: 3 }\n",
            "mine": "name: mine\nextends: middle\nsummary: Mine\n",
        ])
        #expect(recipe.bases.map(\.name) == ["middle.yaml", "base.yaml"])
        let script = recipe.script
        let place = script.text.text.utf8.firstRange(of: "printf".utf8)!.lowerBound
        let offset = script.text.text.utf8.distance(from: script.text.text.startIndex, to: place)
        let original = script.map.original(of: script.text.range(offset, offset + 6))
        #expect(original.source.name == "base.yaml" && original.text == "printf" && original.start.line == 10)
        #expect(recipe.parameters[0].range.source.name == "base.yaml")
    }

    @Test(arguments: [
        (
            ["mine": "name: mine\nextends: bsae\n", "base": ""],
            "mine.yaml:2:10: error: cannot read recipe 'bsae.yaml': no such file or directory"
        ),
        (
            ["mine": "name: mine\nextends: other\n", "other": "name: other\nextends: mine\n"],
            "other.yaml:2:10: error: recipes extend each other in a circle: mine, then other, then mine"
        ),
        (["mine": "name: mine\nextends: mine\n"], "a circle: mine, then mine"),
        (["mine": "name: mine\nextends: [base]\n"], "mine.yaml:2:10: error: 'extends' is a list"),
        (
            ["mine": "name: mine\nextends: other\n", "other": "name: other\n  x: y\n"],
            "mine.yaml:2:10: note: it is extended here"
        ),
        (["mine": "name: mine\nextends: other\n", "other": "[a]\n"], "'other' is no recipe"),
        (
            [
                "mine": "name: mine\nextends: other\n",
                "other": "name: other\nsumary: x\nscript: |\n  probe begin {}\n",
            ],
            "other.yaml:2:1: error: 'sumary' is not a key of a recipe"
        ),
    ])
    func whatIsWrongIsShownWithBothPlaces(files: [String: String], words: String) throws {
        let said = try Self.complaints(files)
        #expect(said.contains(words), "\(said)")
    }

    @Test func aCircleNamesItsBeginning() throws {
        let said = try Self.complaints([
            "mine": "name: mine\nextends: other\n", "other": "name: other\nextends: mine\n",
        ])
        #expect(said.contains("mine.yaml:2:10: note: the circle begins here"), "\(said)")
    }

    @Test func aChainHasAnEnd() throws {
        var files = ["mine": "name: mine\nextends: r1\n"]
        for number in 1...12 { files["r\(number)"] = "name: r\(number)\nextends: r\(number + 1)\n" }
        #expect(try Self.complaints(files).contains("more than 8 recipes extend each other in a row"))
    }

    // MARK: Files

    private static func load(_ files: [String: String]) throws -> Recipe {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("taprecipe-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in files {
            try text.write(
                to: folder.appendingPathComponent("\(name).yaml"), atomically: true, encoding: .utf8)
        }
        do {
            var recipe = try RecipeLoader.load(path: folder.appendingPathComponent("mine.yaml").path)
            // Names as they would be without the folder, which is another one each time.
            recipe.bases = recipe.bases.map { bare($0, folder) }
            recipe.script.map = SourceMap(
                generated: recipe.script.text,
                segments: recipe.script.map.segments.map { segment in
                    var segment = segment
                    segment.original = bare(segment.original, folder)
                    return segment
                })
            for index in recipe.parameters.indices {
                recipe.parameters[index].range = bare(recipe.parameters[index].range, folder)
            }
            return recipe
        } catch {
            throw DiagnosticsError(
                error.diagnostics.map { problem in
                    var problem = problem
                    problem.range = problem.range.map { bare($0, folder) }
                    problem.message = problem.message.replacing(folder.path + "/", with: "")
                    for index in problem.notes.indices {
                        problem.notes[index].range = problem.notes[index].range.map { bare($0, folder) }
                    }
                    return problem
                })
        }
    }

    private static func complaints(_ files: [String: String]) throws -> String {
        do {
            _ = try load(files)
            return ""
        } catch let error as DiagnosticsError {
            return DiagnosticRenderer().render(error.diagnostics)
        }
    }

    private static func bare(_ source: SourceFile, _ folder: URL) -> SourceFile {
        SourceFile(
            name: source.name.replacing(folder.path + "/./", with: "").replacing(folder.path + "/", with: ""),
            bytes: source.bytes)
    }

    private static func bare(_ range: SourceRange, _ folder: URL) -> SourceRange {
        bare(range.source, folder).range(range.lower, range.upper)
    }
}
