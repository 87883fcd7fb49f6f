import Testing

@testable import Report

/// Records of which each stands for many things: the lines of a histogram.
@Suite struct CountedRecordsTests {
    private func run(_ requests: [Int], host: String = "web1", counts: String? = "requests") throws -> Summary
    {
        var builder = try SummaryBuilder(
            records: [
                Make.record("latency", "from: {us:integer} requests: {requests:integer}", counts: counts),
                Make.record("worker", "worker: {pid:integer}"),
            ])
        for (place, number) in requests.enumerated() {
            builder.feed("from: \(1 << place) requests: \(number)")
        }
        builder.feed("worker: 7")
        return builder.finish(RunFacts(recipe: "r", hosts: [host], end: .timeout))
    }

    @Test func theHeadlineTellsWhatTheyStandFor() throws {
        let summary = try run([6400, 65])
        #expect(TextRenderer.headline(of: summary) == "r: 6465 requests, 1 worker; complete")
        #expect(summary.count(of: "latency") == 2)
        #expect(TextRenderer.headline(of: try run([1])) == "r: 1 request, 1 worker; complete")
        #expect(TextRenderer.headline(of: try run([])) == "r: 1 worker; complete")
        #expect(try run([2], counts: nil).recordCounts[0].total == nil)
    }

    @Test func numbersBeyondAllReasonAreTheMostThereIs() throws {
        let sums = try [run([.max, .max]), run([-5, 3])].map { $0.recordCounts[0].total?.sum }
        #expect(sums == [1 << 48, 3])
    }

    @Test func jsonAndPrometheusTellItToo() throws {
        let summary = try run([6400, 65])
        #expect(
            try Summary(json: Array(JSONRenderer().render(summary).utf8)).recordCounts == summary.recordCounts
        )
        #expect(
            PrometheusRenderer().render(summary)
                .contains("\ntaprecipe_counted{recipe=\"r\",record=\"latency\",of=\"requests\"} 6465\n"))
    }

    @Test func hostsAreAddedUp() throws {
        let runs = try [run([6400, 65]), run([35], host: "web2")]
        let fleet = FleetReport(runs.map { (name: "a.json", summary: $0) }).summary
        #expect(fleet.recordCounts[0].total == .init(field: "requests", sum: 6500))
        #expect(fleet.count(of: "latency") == 3)
    }

    @Test func runsAreComparedByIt() throws {
        let records = RunComparison(try run([6400, 65]), try run([6000])).records
        #expect(records.map(\.name) == ["requests", "worker"])
        #expect(records.map(\.before) == [6465, 1] && records.map(\.after) == [6000, 1])
    }

    /// A run of an earlier version has no such sum.
    @Test func lineIsComparedWithLineWhereOneRunDoesNotTellIt() throws {
        let records = RunComparison(try run([6400, 65], counts: nil), try run([6000])).records
        #expect(records[0].name == "latency" && records[0].before == 2 && records[0].after == 1)
    }
}
