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
}
