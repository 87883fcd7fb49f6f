import Foundation
import RecipeModel
import TestSupport
import Testing

@testable import Report

/// Summaries of the fixtures, and how each form renders them.
enum Sample: String, CaseIterable, Sendable {
    /// Two tables with three stacks, losses, unmatched lines and messages.
    case heap = "tip19-heap"
    /// A table of numbers and no stack.
    case flow = "tip15-flow"
    /// Trees.
    case forks = "tip20-copy-process"
    /// One stack, and all facts of a run.
    case run = "whole-run"
    /// Texts that mean something to each of the forms.
    case hostile
    /// Histograms.
    case histograms

    func summary() throws -> Summary {
        switch self {
        case .heap, .flow, .forks: try tip(rawValue)
        case .run: try wholeRun()
        case .hostile: try hostile()
        case .histograms: try histograms()
        }
    }

    private func tip(_ name: String) throws -> Summary {
        let tip = try #require(Tip.all.first { $0.name == name })
        var builder = try SummaryBuilder(records: tip.records, tables: tip.tables, trees: tip.trees)
        try SavedOutput.read(path: "\(Fixtures.folder)/\(name).txt", into: &builder)
        return builder.finish(RunFacts(recipe: name, savedOutput: "\(name).txt"))
    }

    static let hostileTexts = [
        "<script>alert(1)</script>", "\"><img/src=x/onerror=alert(1)>", "]]>--><!--", "=1+cmd|'/c'!A1",
        "`code`", "a|b\\|c", "[x](http://evil.example)", "@everyone", "\u{1B}[2Jclear", "a\u{202E}b",
        "{}\\n\"'",
    ]

    private func hostile() throws -> Summary {
        var builder = try SummaryBuilder(
            records: [
                Make.record("req<b>", "r: {host} {uri:rest}", .stack), Make.record("fork", "f {p} {c}"),
            ],
            tables: [
                Make.table(
                    "T <i> | `x`", of: "req<b>", by: ["host", "uri"],
                    [.count, .field("host"), .field("uri")],
                    sort: [.descending(.count)]),
                Make.table("=Stacks", of: "req<b>", by: ["stack"], [.count, .field("stack")]),
            ],
            trees: [Make.tree("<u>Forks", of: "fork", "p", "c", "{p}", "{c}")])
        for text in Self.hostileTexts {
            builder.feed(
                "r: h \(text)", " 0x1 : f<\(text)>+0x1/0x2 [/m/<s>\(text)]", " 0x2 : a;b+0x1/0x2 [/m/m]")
            builder.feed(" 0x3 : main+0x1/0x2 [/m/m]", "f 1 \(text.replacing(" ", with: "_"))", text)
        }
        return builder.finish(
            RunFacts(
                recipe: "h<b>\"'\\", parameters: [.init(name: "p", value: "line\nline \"\\ <x>")],
                started: "2026-11-24 03:02:11 UTC", traced: .milliseconds(1500),
                end: .failed("a\nb </title>"),
                losses: [Loss(.missingUnwindData(module: "/m/\"\\\n<s>"))]))
    }

    private func histograms() throws -> Summary {
        var builder = try SummaryBuilder(records: [Make.record("read", "reads of {comm}: {number:integer}")])
        builder.feed(saved: try Fixtures.read("\(Fixtures.folder)/histograms.txt"))
        return builder.finish(RunFacts(recipe: "histograms", end: .exited))
    }
}

private func wholeRun() throws -> Summary {
    var builder = try SummaryBuilder(records: Tip.all[0].records, tables: Tip.all[0].tables)
    try SavedOutput.read(path: "\(Fixtures.folder)/tip03-5xx.txt", into: &builder)
    return builder.finish(.wholeRun)
}

@Test(arguments: Sample.allCases, SummaryFormat.allCases)
func everyFormHasItsGoldenFiles(sample: Sample, format: SummaryFormat) throws {
    // The page is the same but for what the golden files of others show.
    guard format != .html || [.heap, .forks, .hostile, .histograms].contains(sample) else { return }
    let summary = try sample.summary()
    if format.isOfStacks, summary.profiles.isEmpty, format != .svg || sample != .forks { return }
    let ending = format == .speedscope ? "speedscope.json" : format.rawValue
    try Fixtures.expectGolden(format.render(summary), "\(sample.rawValue).\(ending)")
}

@Test(
    arguments: [
        ("a.txt", .text), ("/var/lib/x/nginx.prom", .prometheus), ("A.HTML", .html), ("x.htm", .html),
        ("x.speedscope.json", .speedscope), ("x.json", .json), ("x.md", .markdown), ("x.svg", .svg),
        ("x.folded", .folded), ("x.collapsed", .folded), ("x.csv", .csv), ("x.log", nil), ("json", nil),
        ("", nil),
    ] as [(String, SummaryFormat?)])
func aFilesNameTellsItsForm(name: String, format: SummaryFormat?) {
    #expect(SummaryFormat(fileName: name) == format)
}

@Test func whatAFormCannotSayIsSaidBesides() throws {
    let heap = try Sample.heap.summary()
    #expect(SummaryFormat.csv.unsaid(of: heap) == "the summary is degraded: 3 probe hits were skipped")
    #expect(SummaryFormat.html.unsaid(of: heap) == nil)
    let forks = try Sample.forks.summary()
    #expect(SummaryFormat.folded.unsaid(of: forks) == "no record has a stack, so there is nothing to draw")
    #expect(SummaryFormat.csv.unsaid(of: forks) == nil)
}

// MARK: - Profiles

@Test func aProfileHoldsEveryStackAndWeighsWhatItsTableIsSortedBy() throws {
    var builder = try SummaryBuilder(
        records: [
            Make.record("held", "held: {bytes:integer}", .stack),
            Make.record("seen", "seen: {n:integer}", .stack),
        ],
        tables: [
            Make.table(
                "Held", of: "held", by: ["stack"], [.aggregate(.sum, field: "bytes"), .field("stack")],
                sort: [.descending(.aggregate(.sum, field: "bytes"))], limit: 1)
        ])
    for index in 1...5 {
        builder.feed("held: \(index * 10)", " 0x1 : f\(index % 3)+0x1/0x2 [m]", " 0x2 : main+0x1/0x2 [m]", "")
    }
    builder.feed("held: -70", " 0x1 : f0+0x9/0x2 [m]", " 0x2 : main+0x1/0x2 [m]", "", "held: 7", "seen: 3")
    builder.feed(" 0x1 : f0+0x1/0x2 [m]", " 0x2 : orphan+0x1/0x2 [m]")
    let summary = builder.finish(RunFacts(recipe: "r", end: .exited))
    #expect(summary.tables[0].rows.count == 1)
    #expect(summary.profiles.map(\.weight) == [.sum("bytes"), .count])
    #expect(summary.profiles.map(\.total) == [157, 1])
    #expect(
        FoldedRenderer().render(summary) == """
            Held;[no stack] 7
            Held;main;f0 30
            Held;main;f1 50
            Held;main;f2 70
            seen;[not unwound to its end];orphan;f0 1

            """)
}

@Test func aFlameGraphsBoxesAreAsWideAsWhatTheyHold() throws {
    let summary = try Sample.heap.summary()
    let tree = FlameTree(summary.profiles[2], frames: summary.frames)
    #expect(tree.total == 4160)
    #expect(tree.boxes[0] == .init(name: "all", module: nil, depth: 0, start: 0, weight: 4160))
    for box in tree.boxes {
        let above = tree.boxes.filter {
            $0.depth == box.depth + 1 && $0.start >= box.start && $0.start < box.start + box.weight
        }
        #expect(above.isEmpty || above.reduce(0) { $0 + $1.weight } <= box.weight)
    }
    #expect(tree.boxes.contains { $0.name == "make_table" && $0.weight == 64 })
    let narrow = FlameTree(summary.profiles[2], frames: summary.frames, leastShare: 0.5)
    #expect(narrow.omittedCount == 1)
    #expect(!narrow.boxes.contains { $0.name == "make_table" })
}

// MARK: - What others judge

@Test func theSchemaOfSeveralRunsTakesTheirReport() throws {
    let whole = try Fixtures.read("\(Fixtures.folder)/golden/batch.json")
    let changed = try [
        ("\"format\": \"taprecipe.batch\"", "\"format\": \"other\""),
        ("\"kind\": \"overdue\"", "\"kind\": \"late\""),
        ("\"exitCode\": 130", "\"exitCode\": 7"), ("\"grade\": \"degraded\"", "\"grade\": \"fine\""),
        ("\"result\": ", "\"outcome\": "),
    ].map { try replaced($0, in: whole) }
    let verdicts = try PublishedSchema("batch", referringTo: ["summary"]).takes([whole] + changed)
    #expect(verdicts == [true] + changed.map { _ in false })
}

@Test func theSchemaTakesEveryOutputAndNamesEveryMember() throws {
    let golden = try FileManager.default.contentsOfDirectory(atPath: "\(Fixtures.folder)/golden")
        .filter { $0.hasSuffix(".json") && !$0.hasSuffix(".speedscope.json") && $0 != "batch.json" }
        .map { try Fixtures.read("\(Fixtures.folder)/golden/\($0)") }
    #expect(golden.count > 10)
    let whole = JSONRenderer().render(try wholeRun())
    let wrong = try [
        ("\"version\": 1", "\"version\": 2"), ("\"grade\": \"degraded\"", "\"grade\": \"fine\""),
        ("\"attempts\": 2", "\"attempts\": \"2\""), ("\"count\": 82", "\"count\": -1"),
        ("\"stack\": 0", "\"stac\": 0"), ("\"kind\": \"timeout\"", "\"kind\": \"other\""),
        ("\"omittedRows\": 0,", ""), ("\"trees\": []", "\"trees\": [], \"more\": 1"),
    ].map { try replaced($0, in: whole) }
    let verdicts = try PublishedSchema("summary").takes(golden + wrong)
    #expect(verdicts == golden.map { _ in true } + wrong.map { _ in false })
}

private func replaced(_ change: (String, String), in text: String) throws -> String {
    let changed = text.replacing(change.0, with: change.1)
    try #require(changed != text, "\(change)")
    return changed
}

/// speedscope's own schema (`npm pack speedscope`), where somebody put it in place.
@Test func speedscopesSchemaTakesWhatIsMadeForIt() throws {
    let schema = "\(Fixtures.folder)/../../../.cache/speedscope.schema.json"
    guard FileManager.default.fileExists(atPath: schema) else {
        return print(
            "skipped: no .cache/speedscope.schema.json (file-format-schema.json of npm's speedscope)")
    }
    let folder = try TestTool.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    var files: [String] = []
    for sample in Sample.allCases {
        files.append(folder.appendingPathComponent("\(sample.rawValue).json").path)
        try SummaryFormat.speedscope.render(try sample.summary()).write(
            toFile: files.last!, atomically: true, encoding: .utf8)
    }
    files.append(folder.appendingPathComponent("wrong.json").path)
    try SummaryFormat.speedscope.render(try Sample.run.summary()).replacing("\"sampled\"", with: "\"simple\"")
        .write(toFile: files.last!, atomically: true, encoding: .utf8)
    let judge = "\(Fixtures.folder)/../RecipeModel/schema.py"
    let verdicts = try TestTool.python([judge, schema, "verdicts"] + files).split(separator: "\n")
    #expect(verdicts.dropLast().allSatisfy { $0.hasPrefix("accepted") }, "\(verdicts)")
    #expect(verdicts.last?.hasPrefix("refused") == true)
}

@Test(arguments: Sample.allCases)
func speedscopesSamplesAndWeightsFitTogether(sample: Sample) throws {
    let summary = try sample.summary()
    let text = SummaryFormat.speedscope.render(summary)
    let file = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let frames = try #require((file["shared"] as? [String: Any])?["frames"] as? [[String: Any]])
    let profiles = try #require(file["profiles"] as? [[String: Any]])
    #expect(profiles.count == summary.profiles.count)
    for profile in profiles {
        let samples = try #require(profile["samples"] as? [[Int]])
        let weights = try #require(profile["weights"] as? [Int])
        #expect(samples.count == weights.count)
        #expect(weights.reduce(0, +) == profile["endValue"] as? Int)
        #expect(samples.allSatisfy { $0.allSatisfy(frames.indices.contains) })
    }
}

/// By the rules of the text format, and by promtool's.
@Test(arguments: Sample.allCases)
func prometheusTakesTheMetrics(sample: Sample) throws {
    let text = SummaryFormat.prometheus.render(try sample.summary())
    var seen: Set<Substring> = []
    var families: Set<Substring> = []
    let line = /(taprecipe_[a-z_]+)\{([a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*",?)+\} -?[0-9.e+-]+/
    for part in text.split(separator: "\n") where !part.hasPrefix("# HELP ") {
        if part.hasPrefix("# TYPE ") {
            #expect(families.insert(part.split(separator: " ")[2]).inserted)
        } else {
            let match = try #require(try line.wholeMatch(in: part), "\(part)")
            #expect(families.contains(match.1))
            #expect(seen.insert(part.prefix(upTo: part.lastIndex(of: " ")!)).inserted, "twice: \(part)")
        }
    }
    #expect(try promtoolComplaint(text) == nil)
}

@Test func promtoolTakesTheMetricsOfSeveralRuns() throws {
    let report = try #require(SummaryFormat.prometheus.render(try BatchReportTests.report()))
    #expect(try promtoolComplaint(report) == nil)
    let fleet = FleetReport([("a", try Sample.run.summary()), ("b", try Sample.run.summary())])
    #expect(try promtoolComplaint(SummaryFormat.prometheus.render(fleet.summary)) == nil)
}

@Test func promtoolFindsWhatIsWrong() throws {
    let text = SummaryFormat.prometheus.render(try Sample.run.summary())
    #expect(try promtoolComplaint(text + "taprecipe_records{recipe=\"r\"} none\n") != nil)
    #expect(try promtoolComplaint(text.replacing("# HELP taprecipe_records ", with: "# about ")) != nil)
}

/// What promtool has to say of metrics; nil where that is nothing.
private func promtoolComplaint(_ text: String) throws -> String? {
    let cache = Fixtures.folder + "/../../../.cache"
    let kept = try FileManager.default.contentsOfDirectory(atPath: cache).filter { $0.hasPrefix("promtool-") }
    let path = kept.map { "\(cache)/\($0)/promtool" }.first {
        FileManager.default.isExecutableFile(atPath: $0)
    }
    let promtool = try #require(path, "promtool is missing: Scripts/promtool.sh fetches it")
    do {
        let said = try TestTool.output(of: promtool, ["check", "metrics"], input: text)
        return said.isEmpty ? nil : String(decoding: said, as: UTF8.self)
    } catch let failure as TestTool.Failure {
        return failure.description
    }
}

/// Held against Python's readers of XML, HTML and CSV.
@Test(arguments: Sample.allCases)
func pagesDrawingsAndTablesAreWellFormed(sample: Sample) throws {
    let summary = try sample.summary()
    for format in [SummaryFormat.html, .svg, .csv] {
        let judge = "\(Fixtures.folder)/well-formed.py"
        let verdict = try TestTool.python([judge, format.rawValue], input: format.render(summary))
        #expect(verdict == "", "\(format)")
    }
}

@Test func thePagesPolicyHasTheDigestOfItsScript() throws {
    let page = SummaryFormat.html.render(try Sample.forks.summary())
    let code =
        "import base64,hashlib,sys; print(base64.b64encode(hashlib.sha256(sys.stdin.buffer.read()).digest()).decode())"
    let digest = try TestTool.python(["-c", code], input: HTMLPage.script.source).trimmingCharacters(
        in: .newlines)
    #expect(page.contains("script-src &#39;sha256-\(digest)&#39;;"))
    #expect(page.contains("<script>\(HTMLPage.script.source)</script>"))
}

@Test func theDeepestTreeIsAPageThatBrowsersTake() throws {
    var builder = try SummaryBuilder(
        records: [Make.record("f", "{p:integer} {c:integer}")],
        trees: [Make.tree("Forks", of: "f", "p", "c", "{p}", "{c}")])
    for index in 1...3000 { builder.feed("\(index) \(index + 1)") }
    let page = SummaryFormat.html.render(builder.finish(RunFacts(recipe: "deep", end: .exited)))
    var depth = 0
    var deepest = 0
    for part in page.matches(of: /<(\/?)(ul|li|details)/) {
        depth += part.1 == "/" ? -1 : 1
        deepest = max(deepest, depth)
    }
    #expect(depth == 0)
    #expect(deepest < 400)
    #expect(page.contains("<li><span class=\"note\">depth 3000 </span>3001</li>"))
}

// MARK: - Texts

@Test(arguments: [
    ("plain /a?b=<c>", "`plain /a?b=<c>`"), ("", ""), ("a|b", "<code>a&#124;b</code>"),
    ("`x`", "<code>&#96;x&#96;</code>"), (" x", "<code> x</code>"), ("é\\", "<code>é&#92;</code>"),
])
func valuesAreCodeInMarkdown(text: String, expected: String) {
    #expect(MarkdownText.code(text) == expected)
}

@Test func aFenceIsLongerThanWhatItHolds() {
    #expect(MarkdownText.fenced(["a", "````"]) == ["`````text", "a", "````", "`````"])
    #expect(MarkdownText.fenced([]) == ["```text", "```"])
}

// MARK: - Histograms

@Test func histogramsAreReadWithTheirTitlesAndDrawnAsBars() throws {
    let summary = try Sample.histograms.summary()
    #expect(summary.histograms.map(\.title) == ["reads of nginx: 9", "latency of reads (us)", nil])
    #expect(summary.histograms[0].buckets.compactMap(\.self).reduce(0) { $0 + $1.count } == 9)
    #expect(summary.histograms[1].buckets.first == Histogram.Bucket(bound: "<0", count: 2))
    #expect(summary.histograms[1].buckets.contains(nil))
    #expect(summary.count(of: "read") == 1)
    // A title is no unmatched line, any other is.
    #expect(summary.unmatchedExamples == ["done"])
    #expect(summary.losses == [Loss(.unmatchedLines)])
    for width in [20, 40, 80] {
        let layout = HistogramLayout(
            width: width, terminal: TerminalText(isUnicode: false), style: TextStyle(isColored: false))
        let lines = summary.histograms.flatMap(layout.lines)
        #expect(lines.allSatisfy { TerminalText.width($0) <= width })
        #expect(lines.contains { $0.hasSuffix("#") })
    }
}
