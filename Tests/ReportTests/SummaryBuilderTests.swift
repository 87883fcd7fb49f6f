import RecipeModel
import TestSupport
import Testing

@testable import Report

private let request = Make.record("request", "rc: {rc:integer}", .stack, .records("header"))
private let header = Make.record("header", "{name}: {value:rest}")

private func cells(_ summary: Summary, _ table: Int = 0) -> [[Table.Cell]] { summary.tables[table].rows }

@Test func equalStacksAreMergedAndCounted() throws {
    var builder = try SummaryBuilder(
        records: [Make.record("request", "rc: {rc:integer}", .stack)],
        tables: [
            Make.table(
                "t", of: "request", by: ["rc", "stack"], [.count, .field("rc"), .field("stack")],
                sort: [.descending(.count)])
        ])
    builder.feed("rc: 504", " 0x1 : g+0x1/0x2 [b]", " 0x2 : main+0x1/0x2 [b]")
    for base in ["55", "56"] {
        builder.feed("rc: 502", " 0x\(base)01 : f+0x1/0x2 [b]", " 0x\(base)02 : main+0x1/0x2 [b]")
    }
    let summary = builder.finish(RunFacts(recipe: "r", end: .timeout))
    #expect(
        cells(summary) == [
            [.integer(2), .integer(502), .stack(0)], [.integer(1), .integer(504), .stack(1)],
        ])
    #expect(summary.stacks[0].frames.first?.symbol == "f")
    #expect(summary.count(of: "request") == 3)
    #expect(summary.count(of: "nothing") == nil)
    #expect(summary.verdict.grade == .complete)
    #expect(TextRenderer.headline(of: summary) == "r: 3 requests, 2 distinct stacks; complete")
}

/// A recipe's optional part prints the stacks; without it the table by stack has nothing to say.
@Test func aTableByWhatNoRecordHasIsEmpty() throws {
    func tables(_ lines: String...) throws -> [Table] {
        var builder = try SummaryBuilder(
            records: [Make.record("call", "call: {us:integer}", .stack)],
            tables: [
                Make.table("counted", of: "call", by: ["stack"], [.count, .field("stack")]),
                Make.table(
                    "summed", of: "call", by: ["stack"], [.aggregate(.sum, field: "us"), .field("stack")]),
            ])
        for line in lines { builder.feed(line) }
        return builder.finish(RunFacts(recipe: "r")).tables
    }
    let without = try tables("call: 5", "call: 7")
    #expect(without.map(\.rows) == [[], [[.integer(12), .none]]])
    #expect(without.map(\.omittedRecords) == [0, 0] && without.map(\.omittedRows) == [0, 0])
    let some = try tables("call: 5", "call: 7", " 0x1 : main+0x1/0x2 [b]")
    #expect(some[0].rows.count == 2)
}

@Test func theMoreTellingPatternWinsOverTheOneThatTakesEverything() throws {
    var builder = try SummaryBuilder(
        records: [header, request],
        tables: [
            Make.table("h", of: "header", [.field("rc"), .field("name"), .field("value")]),
            Make.table("r", of: "request", [.field("rc"), .field("header.name"), .field("stack")]),
        ])
    builder.feed("Stray: header")
    builder.feed("rc: 502", " 0x1 : main+0x1/0x2 [b]", "Host: a", "Accept: b c", "rc: 504", "Host: d")
    let summary = builder.finish(RunFacts(recipe: "r"))
    #expect(
        cells(summary, 0) == [
            [.integer(502), .text("Host"), .text("a")], [.integer(502), .text("Accept"), .text("b c")],
            [.integer(504), .text("Host"), .text("d")],
        ])
    #expect(
        cells(summary, 1) == [
            [.integer(502), .text("Host"), .stack(0)], [.integer(504), .text("Host"), .none],
        ])
    #expect(summary.unmatchedExamples == ["Stray: header"])
    #expect(summary.losses == [Loss(.unmatchedLines, count: 1)])
}

@Test func aRecordHasItsOwnStackAndThatOfTheRecordThatFollowsIt() throws {
    var builder = try SummaryBuilder(
        records: [
            Make.record("double-free", "double free of {p:hex}", .stack, .records("last-free")),
            Make.record("last-free", "last free backtrace:", .stack),
        ],
        tables: [
            Make.table(
                "t", of: "double-free", by: ["stack", "last-free.stack"],
                [.count, .field("stack"), .field("last-free.stack")])
        ])
    for address in ["0x10", "0x20"] {
        builder.feed(
            "double free of \(address)", " 0x1 : free+0x0/0x2 [c]", " 0x1 : main+0x8/0x9 [b]",
            "last free backtrace:", "free+0x0 [c]", "main+0x4 [b]", "")
    }
    let summary = builder.finish(RunFacts(recipe: "r"))
    #expect(cells(summary) == [[.integer(2), .stack(0), .stack(1)]])
    #expect(summary.stacks.map { $0.frames.last?.offset } == [8, 4])
    #expect(summary.losses.isEmpty)
}

@Test func numbersOfAGroupAreAddedUp() throws {
    var builder = try SummaryBuilder(
        records: [Make.record("leak", "leak {site} {bytes:integer} at {p:hex}")],
        tables: [
            Make.table(
                "t", of: "leak", by: ["site"],
                [
                    .field("site"), .aggregate(.sum, field: "bytes"), .aggregate(.min, field: "bytes"),
                    .aggregate(.max, field: "p"), .aggregate(.avg, field: "bytes"),
                    .aggregate(.sum, field: "site"),
                ], sort: [.descending(.aggregate(.sum, field: "bytes"))])
        ])
    builder.feed("leak a 1 at 0x10", "leak b 9223372036854775807 at 0x20", "leak a 2 at 0x30")
    builder.feed("leak b 9223372036854775807 at 0x8")
    let summary = builder.finish(RunFacts(recipe: "r"))
    #expect(
        cells(summary) == [
            [
                .text("b"), .integer(18_446_744_073_709_551_614), .integer(Int128(Int64.max)), .hex(0x20),
                .mean(Double(Int64.max)), .none,
            ],
            [.text("a"), .integer(3), .integer(1), .hex(0x30), .mean(1.5), .none],
        ])
}

@Test func rowsBeyondTheLimitAreCounted() throws {
    let columns: [ColumnDefinition] = [.field("n")]
    var builder = try SummaryBuilder(
        records: [Make.record("event", "n {n:integer}")],
        tables: [
            Make.table(
                "grouped", of: "event", by: ["n"], columns, sort: [.descending(.field("n"))], limit: 2),
            Make.table("single", of: "event", columns, sort: [.ascending(.field("n"))], limit: 3),
        ])
    for index in 0..<5000 { builder.feed("n \((index * 7919) % 5000)") }
    let summary = builder.finish(RunFacts(recipe: "r"))
    #expect(cells(summary, 0) == [[.integer(4999)], [.integer(4998)]])
    #expect(summary.tables[0].omittedRows == 4998)
    #expect(cells(summary, 1) == [[.integer(0)], [.integer(1)], [.integer(2)]])
    #expect(summary.tables[1].omittedRows == 4997)
    #expect(summary.tables[1].omittedRecords == 4997)
}

@Test func memoryIsBoundedByWhatIsDistinctAndTheRestIsCounted() throws {
    var builder = try SummaryBuilder(
        records: [
            Make.record("event", "n {n:integer} of {m:integer}", .stack, .records("child")),
            Make.record("child", "+ {c:integer}"),
        ],
        tables: [
            Make.table("by m", of: "event", by: ["m"], [.count, .field("m")]),
            Make.table("by n", of: "event", by: ["n"], [.count, .field("n")]),
            Make.table("children", of: "child", by: ["m"], [.count, .field("m")]),
        ],
        bounds: SummaryBuilder.Bounds(rows: 100, stacks: 10))
    let count = 50_000
    for index in 0..<count {
        builder.feed("n \(index) of \(index % 7)", " 0x1 : f\(index % 20)+0x1/0x2 [b]")
    }
    for index in 0..<count { builder.feed("+ \(index)") }
    let summary = builder.finish(RunFacts(recipe: "r", end: .timeout))
    #expect(summary.tables[0].rows.count == 7)
    #expect(summary.tables[0].rows[0][0] == .integer(Int128((count + 6) / 7)))
    #expect(summary.tables[1].omittedRows + summary.tables[1].rows.count == 100)
    #expect(cells(summary, 2) == [[.integer(Int128(count)), .integer(Int128((count - 1) % 7))]])
    #expect(summary.losses.contains(Loss(.recordsNotKept("by n"), count: count - 100)))
    #expect(summary.losses.contains(Loss(.stacksNotKept, count: count / 2)))
    #expect(summary.distinctStackCount == 10)
    #expect(summary.verdict.grade == .degraded)
}

@Test func aMillionLinesBecomeOneRow() throws {
    var builder = try SummaryBuilder(
        records: [Make.record("e", "e {n:integer}")],
        tables: [Make.table("t", of: "e", [.field("n")], sort: [.descending(.field("n"))], limit: 1)])
    let lines = (0..<1000).map { ArraySlice("e \($0)") }
    for _ in 0..<1000 { for line in lines { builder.feed(line: line) } }
    let summary = builder.finish(RunFacts(recipe: "r"))
    #expect(cells(summary) == [[.integer(999)]])
    #expect(summary.recordCount == 1_000_000)
}

@Test func aClearedBuilderKnowsNothingOfTheRunBefore() throws {
    var builder = try SummaryBuilder(records: [Make.record("e", "e {n}")])
    builder.feed("e 1", "junk")
    builder.feed(message: ArraySlice("ERROR: MAXACTION exceeded near x"))
    builder.clear(maximumStringLength: 4)
    builder.feed("e abc")
    let summary = builder.finish(RunFacts(recipe: "r", end: .timeout))
    #expect(cells(summary) == [[.integer(1), .text("abc")]])
    #expect(summary.losses == [Loss(.truncatedStrings, count: 1)])
}

@Test func stapsMessagesInASavedOutputAreLossesAndBreakNothing() throws {
    var builder = try SummaryBuilder(records: [Make.record("e", "e {n}", .stack), header])
    builder.feed(
        saved: """
            e 1
             0x1 : f+0x1/0x2 [b]
            WARNING: Missing unwind data for a module, rerun with 'stap -d /lib/x.so'
             0x2 : main+0x1/0x2 [b]
            ERROR: MAXACTION exceeded near keyword at a.stp:1:1
            WARNING: Number of errors: 3, skipped probes: 82
            WARNING: There were 2 transport failures.
            """)
    let summary = builder.finish(RunFacts(recipe: "r"))
    #expect(summary.count(of: "header") == 0)
    #expect(summary.stacks.first?.frames.count == 2)
    #expect(summary.facts.end == .limit("MAXACTION"))
    #expect(
        summary.losses == [
            Loss(.skippedProbes, count: 82), Loss(.limitReached("MAXACTION")),
            Loss(.runtimeErrors, count: 2), Loss(.transportFailures, count: 2),
            Loss(.missingUnwindData(module: "/lib/x.so")),
        ])
    #expect(summary.messages.count == 4)
}

@Test func aRecordMayBeginAsStapsMessagesDo() throws {
    var builder = try SummaryBuilder(records: [Make.record("complaint", "ERROR: mine {n:integer}")])
    builder.feed(saved: "ERROR: mine 1\nERROR: MAXACTION exceeded near x\n")
    let summary = builder.finish(RunFacts(recipe: "r"))
    #expect(summary.count(of: "complaint") == 1)
    #expect(summary.losses == [Loss(.limitReached("MAXACTION"))])
}

@Test func aFailedCompilationInASavedOutputIsNoRun() throws {
    var builder = try SummaryBuilder(records: [header])
    builder.feed(
        saved: "semantic error: unable to find local 'x'\nPass 2: analysis failed.  [man error::pass2]\n")
    let summary = builder.finish(RunFacts(recipe: "r"))
    #expect(summary.facts.end == .notStarted("semantic error: unable to find local 'x'"))
    #expect(summary.verdict.grade == .inconclusive)
}

@Test func recordsThatFollowEachOtherWithoutEndAreBounded() throws {
    var builder = try SummaryBuilder(records: [
        Make.record("a", "a {x}", .records("b")), Make.record("b", "b {x}", .records("a")),
        Make.record("c", "c {x}", .records("c"), .stack),
    ])
    for index in 0..<1000 {
        builder.feed(index % 2 == 0 ? "a \(index)" : "b \(index)", "c 1", " 0x1 : f+0x1")
    }
    let summary = builder.finish(RunFacts(recipe: "r"))
    #expect(summary.count(of: "c") == 1000)
}

@Test(arguments: [
    ("/dev/zero", "not a regular file"), ("/", "not a regular file"), ("/nonexistent/x", "cannot read"),
])
func whatIsNoSavedOutputIsRefused(path: String, words: String) throws {
    var builder = try SummaryBuilder(records: [header])
    do throws(SavedOutput.Failure) {
        try SavedOutput.read(path: path, into: &builder)
        Issue.record("'\(path)' was read")
    } catch {
        #expect(error.description.contains(words))
    }
}

@Test func randomLinesNeverBreakTheBuilderOrTheRenderers() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededGenerator(seed: seed)
    let records = [
        request, header, Make.record("fork", "{p:integer} {c:integer} {comm}"),
        Make.record("leak", "leak: {n:integer} {a:hex} {r:rest}", .stack, .stack),
    ]
    let seeds = [
        "rc: 502", " 0x49af2e : f+0xe/0x480 [/bin/x]", "Host: a", "1 2 sh", "leak: 1 0x2 zzz", "0x1 0x2",
        "WARNING: Number of errors: 0, skipped probes: 82", "f+0x1 [lib (inexact)", "<no user backtrace at",
        "Pass 1", "Returning from: 0x1", "",
    ].map { Array($0.utf8) }
    var builder = try SummaryBuilder(
        records: records,
        tables: [Make.table("t", of: "leak", by: ["r", "stack"], [.count, .field("r"), .field("stack")])],
        trees: [Make.tree("f", of: "fork", "p", "c", "{comm}", "{comm} {c}")])
    for _ in 0..<20_000 {
        var line = seeds.randomElement(using: &random)!
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            let place = Int.random(in: 0...line.count, using: &random)
            switch Int.random(in: 0...3, using: &random) {
            case 0: line.insert(UInt8.random(in: 0...255, using: &random), at: place)
            case 1 where place < line.count: line.remove(at: place)
            case 2: line.insert(contentsOf: seeds.randomElement(using: &random)!, at: place)
            default: line.removeLast(line.count - place)
            }
        }
        builder.feed(savedLine: line[...])
    }
    let summary = builder.finish(RunFacts(recipe: "r"))
    for width in [20, 33, 80] {
        for isUnicode in [true, false] {
            let text = TextRenderer(width: width, isUnicode: isUnicode).render(summary)
            for line in text.split(separator: "\n") {
                #expect(TerminalText.width(line) <= width, "seed \(seed), width \(width): \(line)")
            }
            #expect(isSafe(text, isASCII: !isUnicode), "seed \(seed)")
        }
    }
    #expect(isSafe(JSONRenderer().render(summary), isASCII: false), "seed \(seed)")
}

/// Whether a terminal shows the text as it stands.
func isSafe(_ text: String, isASCII: Bool) -> Bool {
    text.unicodeScalars.allSatisfy {
        $0 == "\n"
            || ($0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) && (!isASCII || $0.isASCII)
                && !(0x202A...0x202E).contains($0.value) && !(0x2066...0x2069).contains($0.value))
    }
}
