import Foundation
import RecipeModel
import TestSupport
import Testing

@testable import Report

/// What the pages and drawings are to a reader: opened in headless Chromium, used, and looked at (`browser.py`).
@Suite struct BrowserTests {
    private static let judge = "\(Fixtures.folder)/browser.py"

    /// A summary with names of functions and values longer than any screen is wide.
    private func long() throws -> Summary {
        var builder = try SummaryBuilder(
            records: [Make.record("request", "{ms:integer} {uri:rest}", .stack)],
            tables: [
                Make.table(
                    "Slow", of: "request", by: ["uri", "stack"],
                    [.count, .aggregate(.sum, field: "ms"), .field("uri"), .field("stack")])
            ])
        for index in 0..<9 {
            let name =
                "std::_Rb_tree<" + String(repeating: "very::long::name<int, \(index)>::", count: 8) + ">"
            builder.feed("\(index * 7) /\(String(repeating: "path/", count: 30))\(index)")
            builder.feed(" 0x1 : \(name)+0x1/0x2 [/usr/lib/x86_64-linux-gnu/libstdc++.so.6]")
            if index % 2 == 0 { builder.feed(" 0x2 : serve\(index)+0x1/0x2 [/usr/bin/served]") }
            builder.feed(" 0x3 : main+0x10/0x20 [/usr/bin/served]")
        }
        return builder.finish(RunFacts(recipe: "long", end: .timeout))
    }

    private func nothing() throws -> Summary {
        var builder = try SummaryBuilder(records: [Make.record("request", "rc: {rc:integer}", .stack)])
        return builder.finish(RunFacts(recipe: "nothing", traced: .seconds(30), end: .timeout))
    }

    /// `TAPRECIPE_SCREENSHOTS=FOLDER` keeps the pages and their pictures there.
    @Test func everyPageCanBeReadAndUsed() throws {
        let kept = ProcessInfo.processInfo.environment["TAPRECIPE_SCREENSHOTS"]
        let folder = try kept.map { URL(fileURLWithPath: $0) } ?? TestTool.temporaryFolder()
        defer { if kept == nil { try? FileManager.default.removeItem(at: folder) } }
        var pages: [String] = []
        func write(_ name: String, _ text: String) throws {
            pages.append(folder.appendingPathComponent(name).path)
            try text.write(toFile: pages[pages.count - 1], atomically: true, encoding: .utf8)
        }
        for sample in [Sample.heap, .forks, .hostile, .histograms] {
            try write("\(sample).html", SummaryFormat.html.render(try sample.summary()))
        }
        for (name, summary) in [("long", try long()), ("nothing", try nothing())] {
            try write("\(name).html", SummaryFormat.html.render(summary))
            try write("\(name).svg", SummaryFormat.svg.render(summary))
        }
        let hosts = try (1...3).map { ("web\($0).json", try Sample.heap.summary()) }
        try write("fleet.html", SummaryFormat.html.render(FleetReport(hosts).summary))
        let batch = try BatchReportTests.report()
        try write("batch.html", try #require(SummaryFormat.html.render(batch)))
        try write("batch.svg", try #require(SummaryFormat.svg.render(batch)))
        let shots = kept.map { ["--screenshots", $0] } ?? []
        #expect(try TestTool.python([Self.judge] + shots + pages) == "")
    }

    /// Each page is made wrong in one way; without its policy, which takes no other script.
    @Test func whatIsWrongWithAPageIsFound() throws {
        let folder = try TestTool.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let page = SummaryFormat.html.render(try long())
            .replacing("http-equiv=\"Content-Security-Policy\"", with: "name=\"none\"")
        let changes = [
            ("? 1 : -1;", "? -1 : 1;", "is not descending"), ("zoom(box); ", "", "leaves it"),
            ("zoom(boxes[0]);", "", "'Reset' does not bring back"),
            ("box.name.includes(wanted)", "false", "finds []"),
            ("--quiet: #5c6370", "--quiet: #bbb", "has too little contrast"),
            (".scroll { overflow-x: auto; }", "", "scrolls sideways"),
            ("</main>", "</main><img src=\"http://127.0.0.1:9/x\">", "asks for http://127.0.0.1:9/x"),
            ("\"use strict\";", "throw new Error('x');", "throws"),
        ]
        for (old, new, complaint) in changes {
            let changed = page.replacing(old, with: new)
            try #require(changed != page, "\(old)")
            let path = folder.appendingPathComponent("page.html").path
            try changed.write(toFile: path, atomically: true, encoding: .utf8)
            let found = try TestTool.python([Self.judge, path])
            #expect(found.contains(complaint), "\(old): \(found)")
        }
    }
}
