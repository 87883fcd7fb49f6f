import Foundation
import RecipeModel
import TestSupport
import Testing

@testable import Report

/// What is told while a run goes on.
@Suite struct FollowTests {
    private func builder() throws -> SummaryBuilder {
        try SummaryBuilder(
            records: [
                Make.record(
                    "request", "rc: {rc:integer} at: {place:hex} {uri:rest}", .stack, .records("header")),
                Make.record("header", "header: {name}"), Make.record("tick", "tick {n:integer}"),
            ], isFollowed: true)
    }

    /// The lines as objects, without the time.
    private func told(_ lines: [FollowLine]) throws -> [NSDictionary] {
        try lines.map { line in
            let bytes = line.bytes(at: 1_764_264_902.25)
            #expect(bytes.last == UInt8(ascii: "\n") && bytes.count { $0 == UInt8(ascii: "\n") } == 1)
            let object = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
            var members = try #require(object)
            #expect(members.removeValue(forKey: "time") as? String == "2025-11-27T17:35:02.250Z")
            return members as NSDictionary
        }
    }

    @Test func aRecordIsToldWhenItHasEnded() throws {
        var builder = try builder()
        builder.feed("tick 1")
        #expect(
            try told(builder.takeLines()) == [
                [
                    "type": "record", "record": "tick", "fields": ["n": 1], "stack": NSNull(),
                    "parents": [] as [Any],
                ]
            ])
        builder.feed(
            "rc: 502 at: 0xff /x", " 0x1 : f+0x1/0x2 [/m]", " 0x2 : main+0x1/0x2 [/m]", "header: Host")
        #expect(builder.takeLines().isEmpty)
        builder.feed("tick 2")
        let lines = try told(builder.takeLines())
        #expect(lines.map { $0["record"] as? String } == ["request", "header", "tick"])
        #expect(lines[0]["fields"] as? NSDictionary == ["rc": 502, "place": ["hex": "0xff"], "uri": "/x"])
        let stack = lines[0]["stack"] as? [String: Any]
        #expect(stack?["complete"] as? Bool == true && (stack?["frames"] as? [Any])?.count == 2)
        #expect(
            lines[1]["parents"] as? NSArray == [["record": "request", "fields": lines[0]["fields"]!]])
        #expect(builder.takeLines().isEmpty)
    }

    @Test func aRecordThatMayGoOnIsToldOnceAndChangesNothing() throws {
        var (builder, plain) = (try builder(), try builder())
        let output = ["rc: 502 at: 0x1 /x", " 0x1 : f+0x1/0x2 [/m]", "header: a", "header: b", "tick 1"]
        var told: [[FollowLine]] = []
        for line in output {
            builder.feed(line)
            plain.feed(line)
            told.append(builder.takeLines(includesOpen: true))
        }
        let names = try told.map { try self.told($0).map { $0["record"] as? String } }
        #expect(names == [["request"], [], ["header"], ["header"], ["tick"]])
        #expect(builder.finish(RunFacts(recipe: "r")) == plain.finish(RunFacts(recipe: "r")))
        #expect(builder.takeLines().isEmpty)
    }

    @Test func aStackThatIsStillReadIsToldAsFarAsItIs() throws {
        var builder = try builder()
        builder.feed("rc: 502 at: 0x1 /x", " 0x1 : f+0x1/0x2 [/m]")
        let stack = try told(builder.takeLines(includesOpen: true))[0]["stack"] as? [String: Any]
        #expect((stack?["frames"] as? [[String: Any]])?.map { $0["symbol"] as? String } == ["f"])
    }

    @Test func whatWasForgottenIsNotTold() throws {
        var builder = try builder()
        builder.feed("tick 1")
        builder.clear()
        #expect(builder.takeLines().isEmpty)
    }

    @Test func aBuilderThatIsNotFollowedKeepsNoLines() throws {
        var builder = try SummaryBuilder(records: [Make.record("tick", "tick {n:integer}")])
        builder.feed("tick 1")
        #expect(builder.takeLines().isEmpty)
    }

    @Test func messagesOfASavedOutputAreTold() throws {
        var builder = try builder()
        builder.feed(saved: "WARNING: Number of errors: 0, skipped probes: 3\n")
        let line = try #require(try told(builder.takeLines()).first)
        #expect(line["type"] as? String == "message" && line["severity"] as? String == "warning")
    }

    /// Every kind of line, and each of them wrong.
    @Test func theSchemaTakesEveryLine() throws {
        var builder = try builder()
        builder.feed("rc: 502 at: 0xff /x", " 0x1 : f+0x1/0x2 [/m]", "header: Host", "tick 2")
        let lines: [FollowLine] =
            builder.takeLines() + [
                .start(recipe: "r", engine: "bpf 0.1.0", timeout: .milliseconds(1500)), .phase("trace"),
                .message(severity: "warning", text: "w", place: .init(file: "r.yaml", line: 3, column: 1)),
                .message(severity: "error", text: "e", place: nil), .loss(Loss(.outputCut(atBytes: 64))),
                .limitRaised(name: "MAXACTION", from: 1000, to: .max), .restarted, .ending(.timeout),
                .ending(.guarded("--max-load 2: the load was 3")), .omitted(lines: 7),
                .failure(["no"], status: 1),
                .summary(builder.finish(RunFacts(recipe: "r", end: .timeout)), status: 10),
            ]
        let report = try BatchReportTests.report()
        let outline = BatchOutline(
            runbook: "nightly", budget: nil, jobs: 2, steps: [.init(name: "s", recipe: "r")])
        let ofSteps =
            lines + report.steps.map { .stepEnd($0, status: 1) } + [
                .stepStart(recipe: "r", timeout: .seconds(60))
            ]
        let texts =
            (lines + [.batchStart(outline), .report(report)]).map {
                String(decoding: $0.bytes(at: 0), as: UTF8.self)
            } + ofSteps.map { String(decoding: $0.bytes(at: 0, of: "s"), as: UTF8.self) }
        let wrong = texts.flatMap {
            [$0.replacing("\"type\":\"", with: "\"type\":\"x"), "{\"more\":1," + $0.dropFirst()]
        }
        let verdicts = try PublishedSchema("follow", referringTo: ["summary", "batch"]).takes(texts + wrong)
        #expect(verdicts == texts.map { _ in true } + wrong.map { _ in false })
    }
}
