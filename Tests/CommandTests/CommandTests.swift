import Foundation
import Testing

@Suite struct CommandTests {
    @Test func listNamesTheShippedRecipes() throws {
        let result = try Tool().run(["list"])
        #expect(result.status == 0)
        for name in ["nginx-5xx", "nginx-headers", "heap-leaks", "fork-trace"] {
            #expect(result.output.contains(name))
        }
    }

    @Test func helpBehindARecipeDocumentsItsParameters() throws {
        let result = try Tool().run(["run", "nginx-5xx", "--help"])
        #expect(result.status == 0)
        #expect(result.output.contains("--min-status N"))
        #expect(result.output.contains("--timeout"))
    }

    @Test func expandPrintsPlainSystemTap() throws {
        let result = try Tool().run(["expand", "nginx-5xx", "--binary", "/opt/a\"b", "--min-status", "502"])
        #expect(result.status == 0)
        #expect(result.output.contains(#"process("/opt/a\"b")"#))
        #expect(result.output.contains("status >= 502"))
    }

    @Test func aSavedOutputIsSummarized() throws {
        let file = NSTemporaryDirectory() + "saved-\(UUID())"
        defer { unlink(file) }
        let stack =
            " 0x49af2e : ngx_http_finalize_request+0xe/0x480 [/opt/nginx]\n"
            + " 0x45a740 : main+0xa90/0xb50 [/opt/nginx]\n"
        let line = "rc: 502 status: 502 host: a method: GET uri: /x\n"
        try (line + stack + line + stack).write(toFile: file, atomically: true, encoding: .utf8)
        let result = try Tool().run(["report", file, "--recipe", "nginx-5xx"])
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("ngx_http_finalize_request"))
        let alarmed = try Tool().run(["report", file, "--recipe", "nginx-5xx", "--fail-if", "request"])
        #expect(alarmed.status == 10)
    }

    @Test func aSummaryIsWrittenInTheFormThatItsFilesNameTells() throws {
        let folder = NSTemporaryDirectory() + "forms-\(UUID())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let lines = "fork: 1 -> 2 sh\nexec: 2 <ls>\nWARNING: Number of errors: 0, skipped probes: 3\n"
        try lines.write(toFile: "\(folder)/saved", atomically: true, encoding: .utf8)
        let report = ["report", "\(folder)/saved", "--recipe", "fork-trace"]
        for (name, start, mode) in [
            ("x.html", "<!DOCTYPE html>\n", 0o600), ("x.prom", "# HELP taprecipe_run_info", 0o644),
            ("x.md", "# fork-trace: 1 fork, 1 exec", 0o600), ("x.log", "fork-trace: 1 fork, 1 exec", 0o600),
        ] {
            let result = try Tool().run(report + ["--output", "\(folder)/\(name)"])
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output + result.errors == "")
            #expect(try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8).hasPrefix(start))
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
            #expect(attributes[.posixPermissions] as? Int == mode, "\(name)")
        }
        // The option counts for more than the name, and what the form cannot say is said on standard error.
        let csv = try Tool().run(report + ["--output", "\(folder)/x.json", "--format", "csv"])
        #expect(csv.errors == "warning: the summary is degraded: 3 probe hits were skipped\n")
        #expect(try String(contentsOfFile: "\(folder)/x.json", encoding: .utf8).hasPrefix("table,"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 6)
        let unknown = try Tool().run(report + ["--format", "pdf"])
        #expect(unknown.status == 2)
        #expect(unknown.errors.contains("speedscope"), "\(unknown.errors)")
    }
}
