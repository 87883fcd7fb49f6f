import Foundation
import TestSupport
import Testing

/// What those who write recipes use: `new`, `test` and `fmt`, as programs.
@Suite(.serialized) struct AuthorTests {
    /// Functions of nginx with pointers, numbers, texts and nothing.
    static let functions = [
        "ngx_http_finalize_request", "ngx_http_upstream_next", "ngx_create_pool", "ngx_get_options",
        "ngx_conf_parse", "ngx_time_update", "ngx_hash_find@src/core/ngx_hash.c",
    ]

    /// A folder that root takes recipes from.
    private static func folder() throws -> String {
        let path = "/var/tmp/taprecipe-authors-\(UUID())"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        return path
    }

    private static func nginx() throws -> String {
        let path = String(
            decoding: try TestTool.output(of: Tool.root + "/Scripts/nginx.sh", []), as: UTF8.self)
        return path.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test(arguments: functions) func aNewRecipeIsOneThatPasses(function: String) throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let nginx = try Self.nginx()
        let tool = Tool(directory: folder)
        let made = try tool.run(["new", "drafted", "--from", function, "--binary", nginx])
        #expect(made.status == 0 && made.output.hasPrefix("wrote drafted.yaml\n"), "\(made)")
        let tested = try tool.run(["test", "./drafted.yaml"])
        #expect(tested.status == 0 && tested.output == "drafted: 2 tests passed\n", "\(tested)")
        let formatted = try tool.run(["fmt", "--check", "drafted.yaml"])
        #expect(formatted.status == 0 && formatted.output.isEmpty, "\(formatted)")
        let valid = try tool.run(["validate", "./drafted.yaml", "--binary", nginx])
        #expect(valid.status == 0 && valid.output.hasPrefix("drafted: fits, "), "\(valid)")
        // stap's own translator is the judge of the script.
        let script = try tool.run(["expand", "./drafted.yaml", "--binary", nginx, "--stacks"]).output
        try script.write(toFile: folder + "/drafted.stp", atomically: true, encoding: .utf8)
        _ = try TestTool.output(of: "stap", ["-r", InstalledKernel.release, "-p2", folder + "/drafted.stp"])
    }

    @Test(.enabled(if: getuid() == 0, "placing probes needs root"))
    func aNewRecipeRecordsCalls() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let nginx = try Self.nginx()
        let tool = Tool(directory: folder)
        _ = try tool.run(["new", "drafted", "--from", "ngx_create_pool", "--binary", nginx])
        let conf = "error_log stderr; pid \(folder)/pid; events {}\n"
        try conf.write(toFile: folder + "/nginx.conf", atomically: true, encoding: .utf8)
        try FileManager.default.createDirectory(
            atPath: folder + "/logs", withIntermediateDirectories: false)
        let run = try tool.run([
            "run", "./drafted.yaml", "--binary", nginx, "--stacks", "--engine", "bpf", "--timeout", "20s",
            "--", nginx, "-t", "-p", folder, "-c", folder + "/nginx.conf",
        ])
        #expect(run.status == 0, "\(run)")
        #expect(run.output.contains(/drafted: \d+ calls, \d distinct stacks?; complete\n/), "\(run)")
        #expect(run.output.contains("ngx_create_pool+0x0"), "\(run)")
        #expect(run.output.contains(/count +size\n/) && run.output.contains("16384\n"), "\(run)")
    }

    /// What is no parameter, no number or nothing that can be printed as it is.
    private static let awkward = """
        #include <string.h>
        enum color { RED, BLUE = -2 };
        struct item { int quantity; double price; float weight; char mark[4]; };
        __attribute__((noipa)) int look(const char *user, enum color c, struct item *it, const char *how)
            { return c + it->quantity + !user + !how; }
        __attribute__((noipa)) int fill(void)
            { char text[8]; const char *names[2] = { "a", 0 }; memset(text, names[0][0], 8); return text[1]; }
        int main(void) {
            struct item it = { 1, 2, 3, "" };
            char many[400];
            memset(many, 'x', 399);
            many[399] = 0;
            look("", BLUE, &it, many);
            look(0, RED, &it, "two words");
            return fill() == 0;
        }

        """

    /// Compiles a program and writes a recipe for one of its functions.
    private static func drafted(_ function: String, in folder: String) throws -> String {
        try awkward.write(toFile: folder + "/awkward.c", atomically: true, encoding: .utf8)
        _ = try TestTool.shell("cd \(folder) && gcc -g -O0 -o awkward awkward.c")
        let tool = Tool(directory: folder)
        let made = try tool.run(["new", "drafted", "--from", function, "--binary", "./awkward"])
        #expect(made.status == 0, "\(made)")
        let tested = try tool.run(["test", "./drafted.yaml"])
        #expect(tested.status == 0 && tested.output == "drafted: 2 tests passed\n", "\(tested)")
        let formatted = try tool.run(["fmt", "--check", "drafted.yaml"])
        #expect(formatted.status == 0, "\(formatted)")
        return try String(contentsOfFile: folder + "/drafted.yaml", encoding: .utf8)
    }

    @Test(arguments: ["main", "fill"]) func aNewRecipeLeavesOutWhatIsNotSetYet(function: String) throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let text = try Self.drafted(function, in: folder)
        #expect(text.contains("line: \"call: process: {process:integer}\"\n"), "\(text)")
        #expect(text.contains("# Local variables are left out, as they are not set where"), "\(text)")
        #expect(text.contains(function == "main" ? "$many" : "$names"), "\(text)")
    }

    @Test func aNewRecipeTellsWhatValuesAreReadAs() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let text = try Self.drafted("look", in: folder)
        #expect(text.contains("# c is one of 0 RED, 4294967294 BLUE.\n"), "\(text)")
        #expect(text.contains("# $it has $it->quantity.\n"), "\(text)")
    }

    @Test(.enabled(if: getuid() == 0, "placing probes needs root"))
    func aNewRecipeTakesEmptyAndLongTexts() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        _ = try Self.drafted("look", in: folder)
        let run = try Tool(directory: folder).run([
            "run", "./drafted.yaml", "--binary", "./awkward", "--engine", "bpf", "--format", "json", "--",
            "./awkward",
        ])
        #expect(run.status == 0, "\(run)")
        let summary = try #require(
            try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        let records = try #require(summary["records"] as? [[String: Any]])
        #expect(records.first?["count"] as? Int == 2, "\(run)")
        #expect(run.output.contains("<empty>") && run.output.contains("two words"), "\(run)")
        #expect(run.output.contains(String(repeating: "x", count: 200) + "<cut>"), "\(run)")
    }

    @Test func whatNewCannotMakeIsSaid() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let nginx = try Self.nginx()
        let tool = Tool(directory: folder)
        try "mine".write(toFile: folder + "/taken.yaml", atomically: true, encoding: .utf8)
        func said(_ words: [String]) throws -> String {
            let result = try tool.run(["new"] + words)
            return "\(result.status) \(result.errors.replacing(nginx, with: "NGINX"))"
        }
        let wrong = try said(["drafted", "--from", "ngx_http_upstream_nxt", "--binary", nginx])
        #expect(wrong.hasPrefix("2 error: 'ngx_http_upstream_nxt' is not a function of nginx (did you mean "))
        #expect(wrong.contains("'ngx_http_upstream_next'"))
        let taken = try said(["taken", "--from", "main", "--binary", nginx])
        #expect(taken.hasPrefix("2 error: 'taken.yaml' is there already, and is left as it is\n"))
        #expect(try String(contentsOfFile: folder + "/taken.yaml", encoding: .utf8) == "mine")
        let named = try said(["Wrong", "--from", "main", "--binary", nginx])
        #expect(named.hasPrefix("2 error: 'Wrong' cannot be the name of a recipe\n"))
        let other = try said(["drafted", "--from", "main", "--binary", nginx, "-o", "x.yaml"])
        #expect(
            other.hasPrefix("2 error: found '-o x.yaml', expected the file to be called 'drafted.yaml'\n"))
        let hostile = try said(["drafted", "--from", "main\") { system(\"id\") }", "--binary", nginx])
        #expect(hostile.contains("cannot stand in a probe point"))
        let missing = try said(["drafted", "--from", "main", "--binary", "/nowhere"])
        #expect(missing.hasPrefix("2 error: "), "\(missing)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["taken.yaml"])
    }

    private static let recipe = """
        name: sample
        summary: Counts
        parameters:
          least: { type: integer, default: 1 }
        script: |
          probe begin { printf("hit %d\\n", {{least}}) exit() }
        records:
          hit: { line: "hit {n:integer}" }
        tests:
          - name: hits
            output: |
              hit 1
              hit 2
            expect: { records: { hit: 2 } }
          - name: script
            parameters: { least: 7 }
            expands-to: sample.stp

        """

    @Test func testSaysWhatFailsAndRenewsWhatItMay() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = folder + "/sample.yaml"
        try Self.recipe.write(toFile: file, atomically: true, encoding: .utf8)
        let tool = Tool(directory: folder)
        let missing = try tool.run(["test", "./sample.yaml"])
        #expect(
            missing.status == 3 && missing.output == "sample: 1 of 2 tests failed: 'script'\n", "\(missing)")
        #expect(missing.errors.contains("cannot read 'sample.stp' beside the recipe: no such file"))
        let renewed = try tool.run(["test", "./sample.yaml", "--renew"])
        #expect(renewed.output == "wrote ./sample.stp\nsample: 2 tests passed\n", "\(renewed)")
        #expect(renewed.status == 0)
        let again = try tool.run(["test", "sample.yaml", "--renew"])
        #expect(again.output == "sample: 2 tests passed\n", "\(again)")

        try Self.recipe.replacing("{ hit: 2 }", with: "{ hit: 3 }").write(
            toFile: file, atomically: true, encoding: .utf8)
        let failed = try tool.run(["test", "sample.yaml", "--format", "json"])
        #expect(failed.status == 3 && failed.errors.isEmpty)
        let document = try #require(
            try JSONSerialization.jsonObject(with: Data(failed.output.utf8)) as? [String: Any])
        let recipe = try #require((document["recipes"] as? [[String: Any]])?.first)
        #expect(recipe["verdict"] as? String == "failed")
        let tests = try #require(recipe["tests"] as? [[String: Any]])
        #expect(tests.map { $0["passed"] as? Bool } == [false, true])
        let failure = try #require((tests[0]["failures"] as? [[String: Any]])?.first)
        #expect(failure["diff"] as? [String] == ["- hit: 3", "+ hit: 2"])
    }

    @Test func nothingTestedIsNoSuccess() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let untested = Self.recipe.components(separatedBy: "tests:")[0]
        try untested.write(toFile: folder + "/sample.yaml", atomically: true, encoding: .utf8)
        let tool = Tool(directory: folder)
        let result = try tool.run(["test", "sample.yaml"])
        #expect(result.status == 3 && result.output == "sample: has no tests\n", "\(result)")
        try "name: sample\n".write(toFile: folder + "/sample.yaml", atomically: true, encoding: .utf8)
        let broken = try tool.run(["test", "sample.yaml"])
        #expect(broken.status == 3 && broken.output == "sample.yaml: does not load\n", "\(broken)")
        #expect(broken.errors.contains("error: a recipe lacks 'script'"), "\(broken)")
        #expect(try tool.run(["test"]).status == 2)
        #expect(try tool.run(["test", "--all", "x"]).status == 2)
        #expect(try tool.run(["test", "no-such-recipe"]).status == 2)
        let all = try Tool(directory: folder).run(["test", "--all"])
        #expect(all.status == 0, "\(all)")
    }

    @Test func fmtRewritesThroughLinksAndKeepsModes() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = folder + "/sample.yaml"
        try ("timeout:   5s\n" + Self.recipe).write(toFile: file, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file)
        try FileManager.default.createSymbolicLink(
            atPath: folder + "/link.yaml", withDestinationPath: "sample.yaml")
        let tool = Tool(directory: folder)
        let checked = try tool.run(["fmt", "--check", "link.yaml"])
        #expect(checked.status == 3 && checked.output == "link.yaml: not formatted\n", "\(checked)")
        let formatted = try tool.run(["fmt", "link.yaml"])
        #expect(formatted.status == 0 && formatted.output == "formatted link.yaml\n", "\(formatted)")
        let text = try String(contentsOfFile: file, encoding: .utf8)
        #expect(text.hasPrefix("name: sample\n") && text.contains("\ntimeout: 5s\nscript: |\n"), "\(text)")
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        #expect(attributes[.posixPermissions] as? Int == 0o640)
        let type = try FileManager.default.attributesOfItem(atPath: folder + "/link.yaml")[.type]
        #expect(type as? FileAttributeType == .typeSymbolicLink)
        #expect(try tool.run(["fmt", "--check", "sample.yaml"]).status == 0)
        #expect(try tool.run(["fmt", "nowhere.yaml"]).status == 3)
    }

    @Test func aRecipeThatExtendsAnotherTellsSo() throws {
        let folder = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // The recipe that it hides is the one that it extends.
        try "name: fork-trace\nextends: fork-trace\nparameters: { threads: { default: true } }\n".write(
            toFile: folder + "/fork-trace.yaml", atomically: true, encoding: .utf8)
        let tool = Tool(directory: folder)
        let expanded = try tool.run(["expand", "fork-trace", "--recipes", folder])
        #expect(
            expanded.output.hasPrefix(
                "# \(folder)/fork-trace.yaml, which extends \(Tool.root)/recipes/fork-trace.yaml; script of "),
            "\(expanded)")
        #expect(!expanded.output.contains("!is_thread ) {"))
        let shown = try tool.run(["show", "fork-trace", "--recipes", folder]).output
        #expect(
            shown.hasSuffix(
                """
                File: \(folder)/fork-trace.yaml
                Extends: \(Tool.root)/recipes/fork-trace.yaml
                Its script is that of \(Tool.root)/recipes/fork-trace.yaml

                """), "\(shown)")
        let misspelt = "name: mine\nextends: fork-trcae\n"
        try misspelt.write(toFile: folder + "/mine.yaml", atomically: true, encoding: .utf8)
        let missing = try tool.run(["show", "mine", "--recipes", folder])
        #expect(missing.status == 3)
        #expect(
            missing.errors.contains(
                "mine.yaml:2:10: error: there is no recipe 'fork-trcae' to extend (did you mean 'fork-trace'"),
            "\(missing)")
    }
}
