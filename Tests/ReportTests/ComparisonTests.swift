import RecipeModel
import Testing

@testable import Report

/// Runs compared, and runs of many hosts made one.
@Suite struct ComparisonTests {
    private static let record = Make.record("request", "rc: {rc:integer} {bytes:integer}", .stack)
    private static let table = Make.table(
        "Where the errors come from", of: "request", by: ["rc", "stack"],
        [
            .count, .aggregate(.sum, field: "bytes"), .aggregate(.avg, field: "bytes"), .field("rc"),
            .field("stack"),
        ],
        sort: [.descending(.count)], limit: 3)

    /// A run of records: a status, a size and the offset of its stack's innermost frame, so many times.
    private func run(
        _ records: [(rc: Int, bytes: Int, place: String, count: Int)], host: String = "web1",
        build: String? = "abc", traced: Duration = .seconds(30), losses: [Loss] = []
    ) throws -> Summary {
        var builder = try SummaryBuilder(records: [Self.record], tables: [Self.table])
        for record in records {
            for _ in 0..<record.count {
                builder.feed(
                    "rc: \(record.rc) \(record.bytes)", " 0x1 : \(record.place) [/usr/sbin/nginx]",
                    " 0x2 : main+0x10/0x20 [/usr/sbin/nginx]")
            }
        }
        return builder.finish(
            RunFacts(
                recipe: "nginx-5xx", recipeDigest: "sha256:1", engine: "bpf", kernel: "6.1.0", hosts: [host],
                target: .init(binary: "/usr/sbin/nginx", buildID: build), started: "2026-11-27 03:00:00 UTC",
                traced: traced, timeout: traced, end: .timeout, losses: losses))
    }

    private func old() throws -> Summary {
        try run([
            (502, 10, "upstream+0x10/0x99", 3), (503, 7, "limit+0x4/0x8", 1), (500, 1, "same+0x1/0x2", 2),
        ])
    }

    private func new(build: String? = "abc") throws -> Summary {
        try run(
            [(502, 10, "upstream+0x10/0x99", 5), (504, 9, "timer+0x4/0x8", 2), (500, 1, "same+0x1/0x2", 2)],
            build: build, traced: .seconds(60))
    }

    @Test func whatIsDifferentIsNewGoneOrGrown() throws {
        let comparison = RunComparison(try old(), try new())
        #expect(comparison.count(of: .new) == 1 && comparison.count(of: .gone) == 1)
        #expect(comparison.count(of: .grown) == 1 && comparison.count(of: .shrunk) == 0)
        #expect(comparison.tables[0].unchangedCount == 1)
        #expect(RunComparison(try new(), try old()).count(of: .shrunk) == 1)
        try Fixtures.expectGolden(ComparisonRenderer().render(comparison), "runs/diff.text")
        try Fixtures.expectGolden(ComparisonRenderer().json(comparison), "runs/diff.json")
    }

    /// Runs of a recipe's versions: with its columns, and a line `n HOST` for each record.
    private func version(
        _ columns: [ColumnDefinition], by keys: [String] = ["host"], limit: Int = 9, _ lines: String...
    ) throws -> Summary {
        let record = Make.record("tick", "{n:integer} {host}")
        let table = Make.table(
            "Ticks", of: "tick", by: keys, columns, sort: [.descending(.count)], limit: limit)
        var builder = try SummaryBuilder(records: [record], tables: [table])
        for line in lines { builder.feed(line) }
        return builder.finish(
            RunFacts(recipe: "tick", engine: "bpf", hosts: ["h\(lines.count)"], end: .timeout))
    }

    private static let counted: [ColumnDefinition] = [.count, .field("host")]
    private static let summed: [ColumnDefinition] = [
        .count, .aggregate(.sum, field: "n"), .aggregate(.avg, field: "n"), .field("host"),
    ]

    @Test func runsOfARecipesVersionsAreComparedByWhatBothHave() throws {
        let (old, new) = (try version(Self.summed, "1 a", "2 a"), try version(Self.counted, "1 a"))
        for (first, second) in [(old, new), (new, old)] {
            let comparison = RunComparison(first, second)
            #expect(comparison.tables.count == 1)
            #expect(comparison.tables[0].measures.sorted() == ["avg(n)", "count", "sum(n)"])
            #expect(comparison.tables[0].rows.map(\.change) == [first == old ? .shrunk : .grown])
            #expect(ComparisonRenderer().render(comparison).contains("Ticks"))
        }
        // Rows that are known by something else are not the same.
        let other = try version([.count, .field("n")], by: ["n"], "1 a")
        let comparison = RunComparison(old, other)
        #expect(comparison.tables.map { $0.rows.map(\.change) } == [[.gone], [.new]])
        #expect(ComparisonRenderer().render(comparison).contains("new"))
    }

    /// A merged summary has a table 'Hosts' of its own.
    @Test func mergedRunsAreComparedWithSingleOnes() throws {
        let single = try version([.count, .field("host")], "1 a")
        let merged = FleetReport([("a", single), ("b", try version(Self.counted, "1 a", "1 b"))]).summary
        for (first, second) in [(merged, single), (single, merged), (merged, merged)] {
            let comparison = RunComparison(first, second)
            #expect(comparison.isEmpty == (first == second))
            #expect(!ComparisonRenderer().render(comparison).isEmpty)
        }
    }

    @Test func hostsOfARecipesVersionsAreAddedUpByWhatAllHave() throws {
        let runs = [try version(Self.counted, "1 a"), try version(Self.summed, "3 a", "5 a", "7 b")]
        for order in [runs, runs.reversed()] {
            let fleet = FleetReport(order.map { ("", $0) }).summary
            let table = try #require(fleet.tables.last)
            let place = try #require(table.columns.firstIndex { $0.name == "count" })
            let sum = try #require(table.columns.firstIndex { $0.name == "sum(n)" })
            #expect(table.rows.map { $0[place] } == [.integer(3), .integer(1)])
            #expect(table.rows.map { $0[sum] } == [.none, .integer(7)])
        }
    }

    @Test func aMeanOfSeveralHostsIsLeftOutHoweverManyTheyAre() throws {
        let run = try version(Self.summed, "3 a")
        for count in 2...5 {
            let table = try #require(FleetReport((0..<count).map { ("h\($0)", run) }).summary.tables.last)
            let place = try #require(table.columns.firstIndex { $0.name == "avg(n)" })
            #expect(table.rows.map { $0[place] } == [.none], "\(count) hosts")
        }
    }

    @Test func tablesThatLeftOutRowsMakeNumbersThatMayBeTooLow() throws {
        let (first, second) = (
            try version(Self.counted, limit: 1, "1 a", "1 a", "1 b"),
            try version(Self.counted, limit: 1, "1 b")
        )
        let fleet = FleetReport([("", first), ("", second)])
        #expect(fleet.cautions.count == 1 && fleet.cautions[0].contains("h3"))
        let words = "left out by hosts: the numbers above may be too low"
        #expect(TextRenderer(width: 200).render(fleet.summary).contains(words))
        #expect(FleetReport([("", second), ("", second)]).cautions == [])
    }

    /// Twice the same requests, whose times differ.
    private func times(_ before: [Int], _ after: [Int], _ thresholds: ChangeThresholds) throws
        -> RunComparison
    {
        func run(_ times: [Int]) throws -> Summary {
            var builder = try SummaryBuilder(
                records: [Make.record("request", "{uri} {us:integer}")],
                tables: [
                    Make.table(
                        "Times", of: "request", by: ["uri"],
                        [.count, .aggregate(.max, field: "us"), .aggregate(.avg, field: "us"), .field("uri")])
                ])
            for time in times { builder.feed("/x \(time)") }
            return builder.finish(RunFacts(recipe: "r", end: .timeout))
        }
        return RunComparison(try run(before), try run(after), thresholds)
    }

    @Test(
        arguments: [
            ([100, 100], [110, 110], ChangeThresholds(), nil),
            ([100, 100], [111, 111], ChangeThresholds(), .grown),
            ([100, 100], [89, 89], ChangeThresholds(), .shrunk),
            ([100, 100], [111, 111], ChangeThresholds(amounts: .init(share: 0.1, amount: 11)), nil),
            ([100, 100], [112, 112], ChangeThresholds(amounts: .init(share: 0.1, amount: 11)), .grown),
            ([100, 100], [101, 101], ChangeThresholds(amounts: .init()), .grown),
            ([0, 0], [1, 1], ChangeThresholds(), .grown),
            // A mean alone.
            ([100, 100], [100, 60], ChangeThresholds(), .shrunk),
            // Counts are exact, unless they need not be.
            ([100, 100], [100, 100, 100], ChangeThresholds(), .grown),
            ([100, 100], [100, 100, 100], ChangeThresholds(counts: .init(amount: 1)), nil),
            ([100, 100], [100], ChangeThresholds(counts: .init(share: 0.4)), .shrunk),
        ] as [([Int], [Int], ChangeThresholds, RunComparison.Change?)])
    func whatChangesLittleDoesNotCount(
        before: [Int], after: [Int], thresholds: ChangeThresholds, change: RunComparison.Change?
    ) throws {
        let comparison = try times(before, after, thresholds)
        #expect(comparison.tables[0].rows.map(\.change) == [change].compactMap(\.self))
        #expect(comparison.isEmpty == (change == nil))
        #expect(comparison.tables[0].negligibleCount == (change == nil ? 1 : 0))
    }

    @Test func whatIsWithinTheThresholdIsSaid() throws {
        let text = ComparisonRenderer().render(try times([100], [105], ChangeThresholds()))
        #expect(text.hasPrefix("r: nothing is different by more than the threshold\n"))
    }

    @Test(
        arguments: [
            ("10%", ChangeThreshold(share: 0.1)), ("0", ChangeThreshold()),
            ("500", ChangeThreshold(amount: 500)),
            ("2.5%,1.5", ChangeThreshold(share: 0.025, amount: 1.5)), ("", nil), ("%", nil), ("-1", nil),
            ("10%,", nil), ("10%,5,5", nil), ("5,10%", nil), ("nan", nil), ("1e3", nil), ("10%%", nil),
        ] as [(String, ChangeThreshold?)])
    func aThresholdIsAShareAnAmountOrBoth(text: String, expected: ChangeThreshold?) {
        #expect(ChangeThreshold(text) == expected)
        if let expected { #expect(expected.text == text) }
    }

    @Test func equalRunsHaveNoDifference() throws {
        let comparison = RunComparison(try old(), try old())
        #expect(comparison.isEmpty)
        #expect(ComparisonRenderer().render(comparison).hasPrefix("nginx-5xx: nothing is different\n"))
    }

    @Test func placesInFunctionsCountWithinOneBuildAlone() throws {
        let here = try run([(502, 10, "upstream+0x10/0x99", 3)])
        func there(_ build: String?) throws -> Summary {
            try run([(502, 10, "upstream+0x18/0x99", 3)], build: build)
        }
        #expect(RunComparison(here, try there("abc")).count(of: .new) == 1)
        #expect(RunComparison(here, try there("def")).isEmpty)
        #expect(RunComparison(here, try there(nil)).isEmpty)
    }

    @Test func rowsThatATableLeftOutAreSaidToBe() throws {
        let many = try run((1...5).map { (500 + $0, 1, "f\($0)+0x1/0x2", 6 - $0) })
        let text = ComparisonRenderer().render(RunComparison(try old(), many))
        #expect(text.contains("the new table left out 2 rows: what is gone may be among them"))
    }

    @Test func aTableOfSingleRecordsCountsItsRows() throws {
        func run(_ lines: String...) throws -> Summary {
            var builder = try SummaryBuilder(
                records: [Make.record("leak", "leak {size:integer}")],
                tables: [
                    Make.table("Leaks", of: "leak", [.field("size")], sort: [.ascending(.field("size"))])
                ])
            for line in lines { builder.feed(line) }
            return builder.finish(RunFacts(recipe: "r", end: .exited))
        }
        let comparison = RunComparison(try run("leak 1", "leak 2"), try run("leak 1", "leak 1", "leak 3"))
        #expect(comparison.count(of: .grown) == 1 && comparison.count(of: .new) == 1)
        #expect(comparison.count(of: .gone) == 1)
    }

    // MARK: - Many hosts

    private func fleet() throws -> Summary {
        FleetReport([
            ("a.json", try old()),
            ("b.json", try run([(502, 10, "upstream+0x18/0x99", 9)], host: "web2", build: "def")),
            ("c.json", try run([], host: "web1", losses: [Loss(.skippedProbes, count: 4)])),
        ]).summary
    }

    @Test(arguments: [SummaryFormat.text, .json, .markdown, .html, .folded])
    func manyHostsMakeOneReport(format: SummaryFormat) throws {
        try Fixtures.expectGolden(format.render(try fleet()), "runs/fleet.\(format.rawValue)")
    }

    @Test func rowsOfHostsAreAddedUp() throws {
        let summary = try fleet()
        #expect(summary.recordCount == 15)
        #expect(summary.verdict.grade == .degraded)
        let table = try #require(summary.tables.last)
        #expect(
            table.columns.map(\.name) == [
                "count", "sum(bytes)", "avg(bytes)", "hosts", "where", "rc", "stack",
            ])
        #expect(
            table.rows[0].dropLast() == [
                .integer(12), .integer(120), .none, .integer(2), .text("web1 3, web2 9"), .integer(502),
            ])
        #expect(summary.facts.hosts == ["web1", "web2", "web1 (2)"])
        #expect(summary.losses == [Loss(.skippedProbes, count: 4)])
    }

    /// Where a row is, a narrow page breaks into lines; a cut name would be none.
    @Test func manyHostsAreNamedWholeOnANarrowPage() throws {
        let names = (1...12).map { "web\($0).europe.example.net" }
        let runs = try names.map { name in
            (name, try run([(502, 10, "upstream+0x18/0x99", 3)], host: name))
        }
        let text = TextRenderer(width: 80).render(FleetReport(runs).summary)
        let lines = text.split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= 80 })
        let tables = try #require(text.split(separator: "Hosts\n").last)
        for name in names {
            #expect(tables.contains("  \(name) ") && tables.contains("  \(name) 3"), "\(text)")
        }
    }

    @Test func hostsWithoutRecordsLeaveAReportThatCannotConclude() throws {
        let nothing = try run([])
        #expect(FleetReport([("a", nothing), ("b", nothing)]).summary.verdict.grade == .complete)
        let lost = try run([], losses: [Loss(.skippedProbes, count: 1)])
        #expect(FleetReport([("a", nothing), ("b", lost)]).summary.verdict.grade == .inconclusive)
    }

    @Test func historyIsALineARun() throws {
        var rows: [RunHistory.Row] = []
        for (id, summary) in [try old(), try run([], host: "web2")].enumerated() {
            let run = RunDocument(
                summary: summary, version: "1", ended: 1_764_245_000 + Int64(id), status: id == 0 ? 0 : 5,
                omittedOutput: 0)
            rows.append(.init(run, id: Int64(id + 1), size: 4096))
        }
        let history = RunHistory(rows.reversed(), omitted: 12)
        try Fixtures.expectGolden(
            HistoryRenderer(TextRenderer(width: 120)).render(history), "runs/history.text")
        try Fixtures.expectGolden(history.json, "runs/history.json")
        #expect(try RunHistory(json: Array(history.json.utf8)) == history)
        #expect(HistoryRenderer(TextRenderer()).render(RunHistory([], omitted: 0)) == "no runs\n")
    }
}
