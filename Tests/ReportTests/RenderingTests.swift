import RecipeModel
import Testing

@testable import Report

@Test(arguments: [
    (Duration.zero, "0 ms"), (.milliseconds(350), "350 ms"), (.microseconds(3), "under 1 ms"),
    (.milliseconds(12_340), "12.3 s"), (.seconds(60), "60 s"), (.seconds(100), "1 m 40 s"),
    (.seconds(7500), "2 h 5 m"), (.seconds(-3), "-3 s"),
])
func durationsReadAsPeopleWriteThem(duration: Duration, expected: String) {
    #expect(Quantity.duration(duration) == expected)
}

@Test(arguments: [
    (UInt64(512), "512 B"), (1024, "1 KiB"), (65_536, "64 KiB"), (1_572_864, "1.5 MiB"),
    (2047, "1.9 KiB"), (UInt64.max, "15.9 EiB"),
])
func sizesReadAsPeopleWriteThem(bytes: UInt64, expected: String) {
    #expect(Quantity.size(bytes) == expected)
}

@Test(arguments: [(1.5, "1.5"), (2, "2"), (-0.25, "-0.25"), (1.005, "1"), (3.04, "3.04"), (-0.001, "0")])
func meansHaveAtMostTwoDecimals(value: Double, expected: String) {
    #expect(Quantity.mean(value) == expected)
}

@Test func whatATerminalCouldObeyIsNeverPrinted() {
    let text = "a\u{1B}[2J\tb\u{9B}\u{202E}\u{7F}\r\n\u{FFFD}é漢"
    #expect(TerminalText(isUnicode: true).printable(text) == "a?[2J b?????\u{FFFD}é漢")
    #expect(TerminalText(isUnicode: false).printable(text) == "a?[2J b????????")
    #expect(TerminalText.width("é漢e\u{301}") == 4)
    #expect(TerminalText(isUnicode: true).fit("漢漢漢漢", 6) == "漢漢…")
    #expect(TerminalText.wrap("ab cd efghij", 5) == ["ab cd", "efghi", "j"])
}

@Test func jsonHoldsNothingThatATerminalCouldObeyAndSortsItsKeys() {
    let value = JSONValue.object([
        "b": .string("\"\\\n\u{1B}\u{9B}\u{202E}é\u{E0001}"),
        "a": .array([.null, .boolean(true), .number(1.5)]),
        "c": .array([]), "d": .number(.infinity),
    ])
    #expect(
        value.text == """
            {
              "a": [
                null,
                true,
                1.5
              ],
              "b": "\\"\\\\\\n\\u001b\\u009b\\u202eé\\udb40\\udc01",
              "c": [],
              "d": null
            }

            """)
}

private func wideSummary() throws -> Summary {
    var builder = try SummaryBuilder(
        records: [Make.record("event", "{n:integer} {path} {words:rest}", .stack)],
        tables: [
            Make.table(
                "A title that is rather longer than the narrowest of terminals", of: "event",
                by: ["n", "path", "words", "stack"],
                [.count, .field("n"), .field("path"), .field("words"), .field("stack")], limit: 3)
        ])
    for index in 0..<9 {
        builder.feed(
            "\(index * 1_000_003) /a/very/long/path/漢字/\(index) some words \(String(repeating: "w", count: index * 9))"
        )
        builder.feed(
            " 0x1 : a_function_with_a_name_that_is_as_long_as_a_C++_symbol<\(index)>::is()+0x1/0x2 [/m/libx.so]"
        )
        builder.feed(" 0x1 : main+0x1/0x2 [/usr/sbin/program]")
    }
    builder.feed(String(repeating: "unmatched ", count: 30))
    return builder.finish(
        RunFacts(
            recipe: "wide", engine: "stap 4.8", kernel: "6.1.0-56-amd64",
            target: .init(binary: "/usr/sbin/program", buildID: String(repeating: "ab", count: 20)),
            traced: .seconds(12), timeout: .seconds(60),
            limits: [.init(name: "MAXACTION", value: 4000, raisedFrom: 1000)],
            attempts: 2, end: .interrupted, losses: [Loss(.skippedProbes, count: 82)]))
}

@Test func noLineIsWiderThanTheTerminal() throws {
    let summary = try wideSummary()
    for width in 20...160 {
        for isUnicode in [true, false] {
            let text = TextRenderer(width: width, isUnicode: isUnicode).render(summary)
            for line in text.split(separator: "\n") {
                #expect(TerminalText.width(line) <= width, "width \(width): \(line)")
            }
            #expect(text.contains("8000024") == false)
            #expect(text.contains("2000006"), "a number was cut at width \(width)")
        }
    }
}

@Test func colourIsOnlyAddedWhereItIsAskedFor() throws {
    let summary = try wideSummary()
    let plain = TextRenderer().render(summary)
    let coloured = TextRenderer(isColored: true).render(summary)
    #expect(!plain.contains("\u{1B}"))
    #expect(coloured.contains("\u{1B}[1;33m"))
    var stripped = coloured
    for code in ["0", "1", "2", "33", "1;33"] { stripped.replace("\u{1B}[\(code)m", with: "") }
    #expect(stripped == plain)
}

@Test(arguments: [
    (RunEnd.timeout, [], "Nothing matched in 60 s, and nothing was lost"),
    (
        RunEnd.timeout, [Loss(.unmatchedLines, count: 5)],
        "but no line is a record and 5 lines are part of no record"
    ),
    (RunEnd.timeout, [Loss(.skippedProbes, count: 5)], "that does not mean"),
    (RunEnd.notStarted("no root"), [], "Nothing was traced"),
])
func aSummaryWithoutRecordsSaysWhatThatMeans(end: RunEnd, losses: [Loss], words: String) throws {
    var builder = try SummaryBuilder(records: [Make.record("e", "e {n}")])
    let summary = builder.finish(
        RunFacts(recipe: "r", traced: .seconds(60), timeout: .seconds(60), end: end, losses: losses))
    let text = TextRenderer(width: 100).render(summary)
    #expect(text.hasPrefix("r: nothing was recorded; "))
    #expect(text.contains(words))
}

@Test(arguments: [
    (1, "leak", "1 leak"), (2, "leak", "2 leaks"), (2, "calls", "2 calls"), (2, "process", "2 processes"),
    (0, "entry", "0 entries"), (2, "key", "2 keys"), (2, "double-free", "2 double-frees"),
])
func recordsAreCountedInWords(count: Int, name: String, expected: String) {
    #expect(ReportMessages.records(count, name) == expected)
}

@Test func aSavedOutputOfAnotherScriptIsCalledOne() throws {
    var builder = try SummaryBuilder(records: [Make.record("e", "event {n:integer}"), Make.record("x", "x")])
    builder.feed(saved: "rc: 502\n")
    let text = TextRenderer(width: 200).render(builder.finish(RunFacts(recipe: "r", savedOutput: "file")))
    #expect(text.contains("\nNo line is one of this recipe's, such as 'event {n:integer}' or 'x'; another"))
    var empty = try SummaryBuilder(records: [Make.record("e", "event {n:integer}")])
    #expect(
        !TextRenderer().render(empty.finish(RunFacts(recipe: "r", savedOutput: "file"))).contains("No line"))
}

@Test func theLastColumnIsBrokenIntoLinesNotCut() throws {
    var builder = try SummaryBuilder(
        records: [Make.record("hit", "hit {n:integer} {members:rest}")],
        tables: [Make.table("Hits", of: "hit", [.field("n"), .field("members")])])
    builder.feed("hit 1 {.value=10, .name={...}, .next=0x55796d2ba148, .handler=0x5579}")
    builder.feed("hit 2 a  b")
    let text = TextRenderer(width: 40).render(builder.finish(RunFacts(recipe: "r", savedOutput: "file")))
    #expect(
        text.hasSuffix(
            """
            Hits
              n  members
              1  {.value=10, .name={...},
                 .next=0x55796d2ba148,
                 .handler=0x5579}
              2  a  b

            """), "\(text)")
}
