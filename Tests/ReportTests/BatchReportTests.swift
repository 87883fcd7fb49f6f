import Foundation
import Testing

@testable import Report

/// The report of several runs, in every form that has one.
@Suite struct BatchReportTests {
    static func report(hostile: Bool = false) throws -> BatchReport {
        func step(_ name: String, _ end: StepEnd, _ sample: Sample? = nil, messages: String = "") throws
            -> BatchReport.Step
        {
            let summary = try sample?.summary()
            return BatchReport.Step(
                name: name, recipe: summary?.facts.recipe ?? "some-recipe", end: end,
                duration: summary.map { _ in .milliseconds(61_250) }, summary: summary, messages: messages)
        }
        var steps = [
            try step("errors", .exited(10), .run), try step("tip15-flow", .exited(0), .flow),
            try step("errors-later", .exited(0), .run),
            try step("nothing", .exited(5)), try step("unsure", .exited(6)),
            try step("unchecked", .exited(3), messages: "error: '$x' is not a variable\n  note: another\n"),
            try step("nowhere", .exited(4)), try step("failed", .exited(1)),
            try step("stopped", .exited(130)), try step("crashed", .signalled(11)),
            try step("late", .overdue, messages: "checking \u{1B}[2J\n"),
            try step("absent", .notStarted("no such file")),
            try step("few", .skipped(.tooFew(record: "request", of: "errors", found: 2, least: 10))),
            try step("none", .skipped(.tooFew(record: "request", of: "errors", found: 0, least: 1))),
            try step("untold", .skipped(.unknown(step: "failed"))), try step("spent", .skipped(.budget)),
            try step("left", .skipped(.interrupted)), try step("after", .skipped(.stopped(by: "failed"))),
        ]
        if hostile {
            steps = try Sample.hostileTexts.map { try step($0, .notStarted($0), messages: $0) }
            steps.append(try step("hostile", .exited(0), .hostile))
        }
        return BatchReport(
            runbook: hostile ? "<b>" : "nightly", digest: "sha256:00", host: hostile ? "<i>`h`" : "web-1",
            started: "2026-11-24 03:02:11 UTC", duration: .seconds(125), budget: .seconds(600),
            variables: ["binary": "/usr/sbin/nginx", "host": hostile ? "</style><script>" : "^www"],
            steps: steps, status: 130)
    }

    @Test(arguments: [SummaryFormat.text, .json, .markdown, .csv, .folded, .prometheus])
    func theReportIsAsItWasReviewed(format: SummaryFormat) throws {
        let text = try #require(format.render(try Self.report(), text: TextRenderer(width: 100)))
        try Fixtures.expectGolden(text, "batch.\(format.extensions[0])")
    }

    @Test func everyFormThatHoldsOneHasOne() throws {
        let report = try Self.report()
        for format in SummaryFormat.allCases {
            #expect((format.render(report) != nil) == SummaryFormat.ofBatches.contains(format))
        }
    }

    @Test func noTextIsTakenForMarkupOrMovesATerminal() throws {
        let report = try Self.report(hostile: true)
        for format in SummaryFormat.ofBatches {
            let text = try #require(format.render(report))
            #expect(!text.contains("\u{1B}") && !text.contains("\u{202E}"), "\(format)")
        }
        let page = try #require(SummaryFormat.html.render(report))
        for text in ["<script>alert", "<img", "<b>", "<i>", "</style><script>"] {
            #expect(!page.contains(text), "\(text)")
        }
        #expect(page.contains("&lt;script>alert(1)") || page.contains("&lt;script&gt;alert(1)"))
    }
}
