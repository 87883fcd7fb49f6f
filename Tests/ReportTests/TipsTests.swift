import RecipeModel
import Testing

@testable import Report

/// An output of the reference and how a recipe would read it.
struct Tip: Sendable, CustomTestStringConvertible {
    var name: String
    var records: [RecordDefinition]
    var tables: [TableDefinition] = []
    var trees: [TreeDefinition] = []

    var testDescription: String { name }

    static let byCount: [TableDefinition.SortKey] = [.descending(.count)]

    static let all = [
        Tip(
            name: "tip03-5xx", records: [Make.record("request", "rc: {rc:integer}", .stack)],
            tables: [
                Make.table(
                    "Where the errors come from", of: "request", by: ["rc", "stack"],
                    [.count, .field("rc"), .field("stack")], sort: byCount)
            ]),
        Tip(
            name: "tip03-receive",
            records: [Make.record("rule", "--------------------------------------------------------", .stack)]
        ),
        Tip(name: "tip12-headers", records: [Make.record("header", "{name}: {value:rest}")]),
        Tip(
            name: "tip15-flow",
            records: [
                Make.record("call", " {us:integer} {comm}({tid:integer}): -> {function}"),
                Make.record("return", " {us:integer} {comm}({tid:integer}): <- {function}"),
            ],
            tables: [
                Make.table(
                    "Calls", of: "call", by: ["function"],
                    [
                        .count, .aggregate(.max, field: "us"), .aggregate(.avg, field: "us"),
                        .field("function"),
                    ],
                    sort: byCount + [.ascending(.field("function"))], limit: 10)
            ]),
        Tip(name: "tip17-host", records: [Make.record("request", "rc: {rc:integer}, host: {host}", .stack)]),
        Tip(
            name: "tip18-reads", records: [Make.record("read", "{comm}({pid:integer}) : {reads:integer}")],
            tables: [
                Make.table(
                    "Who reads", of: "read", by: ["comm", "pid"],
                    [.aggregate(.sum, field: "reads"), .field("comm"), .field("pid")],
                    sort: [.descending(.aggregate(.sum, field: "reads"))], limit: 5)
            ]),
        Tip(
            name: "tip19-heap",
            records: [
                Make.record(
                    "double-free", "g_mem_ref_tbl[{p:hex}]: {references:integer}", .stack,
                    .records("last-free")),
                Make.record("last-free", "last free backtrace:", .stack),
                Make.record("leak", "leak: {bytes:integer} bytes in {blocks:integer} blocks", .stack),
            ],
            tables: [
                Make.table(
                    "Freed twice", of: "double-free", by: ["stack", "last-free.stack"],
                    [.count, .aggregate(.min, field: "p"), .field("stack"), .field("last-free.stack")],
                    sort: byCount),
                Make.table(
                    "Never freed", of: "leak", by: ["stack"],
                    [.aggregate(.sum, field: "bytes"), .aggregate(.sum, field: "blocks"), .field("stack")],
                    sort: [.descending(.aggregate(.sum, field: "bytes"))]),
            ]),
        Tip(
            name: "tip20-copy-process",
            records: [
                Make.record(
                    "fork",
                    "copy_process return: {task:hex}, pid: {pid:integer}, getprocname: pid: {child:integer}, comm: {comm}, getprocid: {id:integer}"
                )
            ], trees: [Make.tree("Forked", of: "fork", "comm", "pid", "{comm}", "{comm} ({pid}) at {task}")]),
        Tip(name: "tip22-errors", records: [Make.record("request", "rc: {rc:integer}")]),
        Tip(name: "tip22-totals", records: [Make.record("request", "rc: {rc:integer}")]),
    ]
}

@Test(arguments: Tip.all)
func theReferencesOutputsAreSummarized(tip: Tip) throws {
    var builder = try SummaryBuilder(records: tip.records, tables: tip.tables, trees: tip.trees)
    try SavedOutput.read(path: "\(Fixtures.folder)/\(tip.name).txt", into: &builder)
    let summary = builder.finish(RunFacts(recipe: tip.name, savedOutput: "\(tip.name).txt"))
    try Fixtures.expectGolden(TextRenderer().render(summary), "\(tip.name).text")
    try Fixtures.expectGolden(JSONRenderer().render(summary), "\(tip.name).json")
}

@Test func aWholeRunIsSummarized() throws {
    var builder = try SummaryBuilder(records: Tip.all[0].records, tables: Tip.all[0].tables)
    try SavedOutput.read(path: "\(Fixtures.folder)/tip03-5xx.txt", into: &builder)
    let summary = builder.finish(.wholeRun)
    try Fixtures.expectGolden(TextRenderer().render(summary), "whole-run.text")
    try Fixtures.expectGolden(
        TextRenderer(width: 50, isUnicode: false).render(summary), "whole-run-narrow.text")
    try Fixtures.expectGolden(JSONRenderer().render(summary), "whole-run.json")
}

extension RunFacts {
    /// Facts of a run of which everything is known.
    static let wholeRun = RunFacts(
        recipe: "nginx-5xx", recipeDigest: "sha256:12ab", engine: "stap 4.8", kernel: "6.1.0-56-amd64",
        target: .init(
            binary: "/usr/sbin/nginx", buildID: "25c85fa2f4b6b0fea3a4f3a6f7ec2c40a2ba8c2a", pid: 4711,
            command: ["curl", "http://127.0.0.1/"]),
        parameters: [
            .init(name: "min-status", value: "500"), .init(name: "host", value: #".*\.j9\.com"#),
        ],
        started: "2026-11-24 03:02:11 UTC", traced: .seconds(60), timeout: .seconds(60),
        limits: RunFacts.limits(
            Limits(macros: [.MAXACTION: 409_600, .MAXSTRINGLEN: 512], bufferMegabytes: 64),
            raisedFrom: Limits(macros: [.MAXACTION: 102_400, .MAXSTRINGLEN: 512], bufferMegabytes: 16)),
        attempts: 2, end: .timeout,
        losses: [Loss(.skippedProbes, count: 82), Loss(.outputCut(atBytes: 64 << 20))])
}
