import Foundation
import Testing

/// What the pages say, done.
@Suite struct PagesTests {
    private static func page(_ name: String) throws -> String {
        try String(contentsOfFile: "\(Tool.root)/\(name)", encoding: .utf8)
    }

    /// The page's blocks of a language.
    private static func blocks(_ language: String, of page: String) -> [String] {
        page.components(separatedBy: "\n```\(language)\n").dropFirst().map {
            $0.components(separatedBy: "\n```")[0] + "\n"
        }
    }

    @Test func theWayFromAnEmptyFileToATestedRecipeIsAsWritten() throws {
        let page = try Self.page("docs/recipes.md")
        let home = "/var/tmp/taprecipe-page-\(UUID())"
        let folder = home + "/.config/taprecipe/recipes"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: home) }
        let parts = Self.blocks("yaml", of: page)
        let texts = Self.blocks("text", of: page)
        let file = folder + "/upstream-errors.yaml"
        let tool = Tool(environment: ["HOME": home, "XDG_CONFIG_HOME": ""], directory: home)
        let nginx = try Self.nginx()
        // What 'new' makes fits already; it is made where the page makes it.
        let made = try Tool(environment: tool.environment, directory: folder).run([
            "new", "upstream-errors", "--from", "ngx_http_upstream_next", "--binary", nginx,
        ])
        #expect(made.status == 0, "\(made)")
        let drafted = try tool.run(["validate", "upstream-errors", "--binary", nginx])
        #expect(drafted.status == 0, "\(drafted)")
        // As it is, and with the name misspelt that the page misspells.
        try parts[0].write(toFile: file, atomically: true, encoding: .utf8)
        let good = try tool.run(["validate", "upstream-errors", "--binary", nginx])
        #expect(good.status == 0, "\(good)")
        try parts[0].replacing("$ft_type", with: "$ft_typ").write(
            toFile: file, atomically: true, encoding: .utf8)
        let bad = try tool.run(["validate", "upstream-errors", "--binary", nginx])
        #expect(bad.status == 3)
        let shown = try #require(page.firstRange(of: "~/.config/taprecipe/recipes/upstream-errors.yaml:"))
        let expected = page[shown.lowerBound...].components(separatedBy: ", …")[0]
        #expect(bad.errors.replacing(home, with: "~").hasPrefix(expected), "\(bad.errors)")
        // With the records, on the page's sample.
        try (parts[0] + parts[1]).write(toFile: file, atomically: true, encoding: .utf8)
        try texts[0].write(toFile: home + "/sample.txt", atomically: true, encoding: .utf8)
        let report = try tool.run(["report", "sample.txt", "--recipe", "upstream-errors"])
        #expect(report.output == texts[1])
        #expect(report.status == 0)
        // With its test.
        try (parts[0] + parts[1] + parts[2]).write(toFile: file, atomically: true, encoding: .utf8)
        let tested = try tool.run(["test", "upstream-errors"])
        #expect(tested.output == "upstream-errors: 1 test passed\n", "\(tested)")
        let formatted = try tool.run(["fmt", "--check", file])
        #expect(formatted.status == 0, "\(formatted)")
    }

    /// Every option of a command stands in the page's table, and every option of the table is one.
    @Test func theTableOfOptionsIsThatOfRun() throws {
        let help = try Tool().run(["run", "--help"]).output
        let options = Set(help.matches(of: /\n  (?:-\w, )?(--[a-z-]+)/).map { String($0.1) })
        let table = try Self.page("docs/operators.md").components(separatedBy: "## Options of `run`")[1]
            .components(separatedBy: "\n## ")[0]
        let documented = Set(table.matches(of: /\n\| `(--[a-z-]+)/).map { String($0.1) })
        #expect(documented == options.subtracting(["--help", "--version"]))
    }

    @Test func everyMemberOfTheJSONIsDocumented() throws {
        let section = try Self.page("docs/operators.md").components(separatedBy: "\n## JSON\n")[1]
            .components(separatedBy: "\n## ")[0]
        let golden = "\(Tool.root)/Tests/Fixtures/Report/golden"
        for name in try FileManager.default.contentsOfDirectory(atPath: golden)
        where name.hasSuffix(".json") && !name.hasSuffix(".speedscope.json") {
            let text = try String(contentsOfFile: "\(golden)/\(name)", encoding: .utf8)
                // Parameters have the recipe's names.
                .replacing(/"parameters": \{[^}]*\}/, with: "\"parameters\": {}")
            for member in Set(text.matches(of: /"([a-zA-Z]+)":/).map { String($0.1) }) {
                #expect(section.contains("`\(member)`") || section.contains("\"\(member)\""), "\(member)")
            }
            for kind in Set(text.matches(of: /"kind": "([a-z-]+)"/).map { String($0.1) }) {
                #expect(section.contains("`\(kind)`"), "\(kind)")
            }
        }
    }

    /// nginx with DWARF, which `make test` builds.
    private static func nginx() throws -> String {
        let cache = Tool.root + "/.cache"
        let folders = try FileManager.default.contentsOfDirectory(atPath: cache).filter {
            $0.hasPrefix("nginx-")
        }
        return try #require(
            folders.map { "\(cache)/\($0)/nginx" }.first(where: FileManager.default.isExecutableFile),
            "no nginx with DWARF: run 'make nginx'")
    }
}
