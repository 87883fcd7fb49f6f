import Diagnostics
import RecipeModel
import Testing

@testable import Report

private let recipes = Fixtures.folder.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/recipes"

/// Lines as the shipped recipes print them, and the headline that they must give.
@Test(arguments: [
    (
        "nginx-5xx",
        """
        rc: -4 status: 502 host: a.org method: GET uri: /x y
         0x1 : ngx_http_finalize_request+0x0/0x9 [/usr/sbin/nginx]
         0x2 : main+0x1/0x2 [/usr/sbin/nginx]
        """, "nginx-5xx: 1 request, 1 distinct stack; complete"
    ),
    (
        "nginx-5xx", (try? Fixtures.read("\(Fixtures.folder)/tip03-5xx.txt")) ?? "",
        "nginx-5xx: 1 finalization, 1 distinct stack; complete"
    ),
    (
        "nginx-headers",
        """
        request: 1/1 method: GET host: a.org uri: /
        header: Accept */*
        header: X-Empty\u{20}
        more: 3
        """, "nginx-headers: 1 request; complete"
    ),
    (
        "heap-leaks",
        """
        held: 64 bytes in 2 blocks
         0x1 : malloc+0x0/0x9 [libc.so.6]
         0x2 : main+0x1/0x2 [/b/leaky]

        double free: 0x55d0
         0x1 : free+0x0/0x9 [libc.so.6]
         0x2 : main+0x9/0x9 [/b/leaky]
        first freed:
        free+0x0 [libc.so.6]
        main+0x5 [leaky]

        calls: 3 allocations 1 frees
        """, "heap-leaks: 1 allocation-site, 1 double-free, 1 total, 3 distinct stacks; complete"
    ),
    (
        "fork-trace", "fork: 1 -> 2 my shell\nfork: 2 -> 3 sh\nexec: 3 ls",
        "fork-trace: 2 forks, 1 exec; complete"
    ),
    ("fork-trace-c", "fork: 1 -> 2 sh", "fork-trace-c: 1 fork; complete"),
])
func theShippedRecipesLinesAreSummarized(name: String, output: String, headline: String) throws {
    var builder = try SummaryBuilder(try RecipeLoader.load(path: "\(recipes)/\(name).yaml"))
    builder.feed(saved: output)
    let summary = builder.finish(RunFacts(recipe: name, end: .exited))
    #expect(TextRenderer.headline(of: summary) == headline)
    #expect(summary.unmatchedExamples.isEmpty)
    #expect(summary.losses.isEmpty)
    #expect(!summary.tables.contains { $0.rows.contains { $0.contains(.none) } })
}

@Test func theOutputOfTheScriptWithAHostIsSummarized() throws {
    var builder = try SummaryBuilder(try RecipeLoader.load(path: "\(recipes)/nginx-5xx.yaml"))
    try SavedOutput.read(path: "\(Fixtures.folder)/tip17-host.txt", into: &builder)
    let text = TextRenderer().render(builder.finish(RunFacts(recipe: "nginx-5xx", savedOutput: "tip17")))
    #expect(text.contains("\n      1  -4  www.j9.com\n      ngx_http_finalize_request+0xe  t-coresystem"))
    #expect(text.contains("no unwind data for '/lib64/libc-2.12.so'"))
}
