import Foundation
import Testing

/// What `list` says of folders with recipes of the same names, of one that cannot be read and of a recipe that is
/// wrong; and what `show` makes of a description.
@Suite struct ListTests {
    @Test func eachRecipeSaysWhereItComesFromAndWhatItShadows() throws {
        let folder = "/var/tmp/taprecipe-list-\(UUID())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (place, name) in [
            ("a", "same"), ("b", "same"), ("config/taprecipe/recipes", "same"), ("b", "heap-leaks"),
            ("b", "odd"),
        ] {
            try FileManager.default.createDirectory(
                atPath: "\(folder)/\(place)", withIntermediateDirectories: true)
            let key = name == "odd" ? "sumary" : "summary"
            let recipe = """
                name: \(name)
                \(key): from \(place)
                tags: [mine]
                script: |
                  probe begin { exit() }
                """
            try recipe.write(
                toFile: "\(folder)/\(place)/\(name).yaml", atomically: true, encoding: .utf8)
        }
        mkdir(folder + "/closed", 0o700)
        let tool = Tool(environment: [
            "TAPRECIPE_PATH": "\(folder)/b:\(folder)/closed:\(folder)/missing",
            "XDG_CONFIG_HOME": folder + "/config",
            "COLUMNS": "100",
        ])
        let result = try tool.run(["list", "--recipes", folder + "/a"])
        #expect(result.status == 0)
        let said = result.output.replacing(folder, with: "DIR").replacing(Tool.root, with: "ROOT")
        #expect(
            said.contains(
                """
                heap-leaks           from b
                                     TAPRECIPE_PATH: DIR/b/heap-leaks.yaml
                                     shadows ROOT/recipes/heap-leaks.yaml
                heap-leaks           Heap blocks that a program does not give back, by allocation site, and blocks
                                     that it frees twice
                                     installed: ROOT/recipes/heap-leaks.yaml
                                     shadowed by DIR/b/heap-leaks.yaml

                """), "\(said)")
        #expect(
            said.contains(
                """
                odd                  does not load: 'sumary' is not a key of a recipe (did you mean 'summary'?)
                                     TAPRECIPE_PATH: DIR/b/odd.yaml

                """), "\(said)")
        #expect(
            said.contains(
                """
                same                 from a
                                     --recipes: DIR/a/same.yaml
                                     shadows DIR/b/same.yaml
                                     shadows DIR/config/taprecipe/recipes/same.yaml
                same                 from b
                                     TAPRECIPE_PATH: DIR/b/same.yaml
                                     shadowed by DIR/a/same.yaml
                same                 from config/taprecipe/recipes
                                     yours: DIR/config/taprecipe/recipes/same.yaml
                                     shadowed by DIR/a/same.yaml

                """), "\(said)")
        // The folder of those that came with the program is named once.
        #expect(
            said.contains(
                "\nlimits               What each of SystemTap's limits does, and how a run reports"),
            "\(said)")
        #expect(!said.contains("ROOT/recipes/limits.yaml"), "\(said)")
        #expect(
            said.hasSuffix("\nWhere no file is named, a recipe is installed in ROOT/recipes.\n"), "\(said)")
        let errors = result.errors.replacing(folder, with: "DIR")
        #expect(
            errors.contains("warning: cannot read recipe folder 'DIR/missing': no such file or directory\n"))
        #expect(errors.contains("DIR/b/odd.yaml:2:1: error: 'sumary'"))
        // Only for root is no folder closed.
        let other = try Tool(
            environment: tool.environment, shell: "exec setpriv --reuid 65534 --clear-groups \"$@\""
        ).run(["list"])
        #expect(other.errors.contains("cannot read recipe folder '\(folder)/closed': permission denied"))
        #expect(other.output.contains("\nsame "), "\(other)")
        let json = try tool.run(["list", "--format", "json", "--tag", "mine"])
        let items = try #require(
            try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
        #expect(items.map { $0["name"] as? String } == ["heap-leaks", "same", "same"])
        #expect(items[0]["shadows"] as? [String] == [Tool.root + "/recipes/heap-leaks.yaml"])
        #expect(items[2]["shadowedBy"] as? String == folder + "/b/same.yaml")
        #expect(items.map { $0["origin"] as? String } == ["environment", "environment", "user"])
    }

    @Test func aTagThatNoRecipeHasIsSaid() throws {
        #expect(try Tool().run(["list", "--tag", "memroy"]).output == "no recipe has the tag 'memroy'\n")
    }

    @Test(arguments: [40, 80, 200])
    func showFillsParagraphsToTheWidth(width: Int) throws {
        let page = try Tool(environment: ["COLUMNS": "\(width)"]).run(["show", "heap-leaks"]).output
        let description = page.components(separatedBy: "\nUSAGE: ")[0].split(
            separator: "\n", omittingEmptySubsequences: false
        ).dropFirst(2)
        // Examples stay as they are.
        #expect(page.contains("\n      taprecipe run heap-leaks --program ./server -- ./server --one-shot\n"))
        let filled = description.filter { !$0.hasPrefix("   ") && !$0.isEmpty }
        #expect(filled.allSatisfy { $0.count <= min(width, 100) })
        #expect(filled.contains { $0.count > min(width, 100) - 12 })
        #expect(
            page.contains("\nUSAGE: taprecipe run heap-leaks [parameters] [options] --pid PID | -- COMMAND\n")
        )
        #expect(page.contains("\n  --double-frees=false\n"))
        #expect(!page.contains("\n\n\n"))
    }
}
