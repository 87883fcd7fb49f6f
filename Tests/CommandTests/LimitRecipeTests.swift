import Foundation
import Testing

/// What the recipe 'limits' shows of each limit, by the built-in engine on a program that calls 'visit' five times.
@Suite(.enabled(if: getuid() == 0, "placing probes needs root"), .serialized)
struct LimitRecipeTests {
    /// What a run is asked for, and what must come of it.
    struct Case: CustomTestStringConvertible, Sendable {
        var options: String
        var status: Int32 = 0
        /// What standard error says.
        var says: [String] = []
        /// How much was lost, by kind.
        var losses: [String: Int] = [:]
        /// The row of 'Done': calls, steps, entries, bytes asked for, bytes got; nil where no handler came to its end.
        var done: [Int]?

        var testDescription: String { options }
    }

    static let cases = [
        Case(options: "", done: [5, 0, 0, 0, 0]),
        Case(
            options: "--steps 500",
            says: [
                "a probe handler ran more statements than MAXACTION allows",
                "MAXACTION 1000 was too small; the next run of the recipe begins with 4000",
            ], done: [5, 500, 0, 0, 0]),
        Case(
            options: "--steps 500 --limit MAXACTION=400", status: 6,
            says: ["a probe handler ran more statements than MAXACTION allows"],
            losses: ["limit-reached": 1]),
        Case(
            options: "--entries 1000 --limit MAXACTION=100000",
            says: [
                "an array has no room for another entry (MAXMAPENTRIES)",
                "MAXMAPENTRIES 2048 was too small; the next run of the recipe begins with 8192",
            ], done: [5, 0, 1000, 0, 0]),
        Case(
            options: "--entries 1000 --limit MAXACTION=100000 --no-retry",
            says: ["an array has no room for another entry (MAXMAPENTRIES)"],
            losses: ["limit-reached": 1], done: [2, 0, 1000, 0, 0]),
        Case(options: "--length 600", losses: ["truncated-strings": 5], done: [5, 0, 0, 600, 511]),
        Case(options: "--length 600 --limit MAXSTRINGLEN=1024", done: [5, 0, 0, 600, 600]),
        Case(
            options: "--bad-reads", status: 6,
            says: [
                "read memory that is not there at 0x8",
                "MAXERRORS 0 was too small; the next run of the recipe begins with 16",
            ], losses: ["faults": 5]),
        Case(
            options: "--bad-reads --limit MAXERRORS=3", status: 6,
            says: ["read memory that is not there at 0x8"],
            losses: ["faults": 4, "limit-reached": 1]),
    ]

    private static let program = Tool.root + "/.cache/live/planted"

    @Test(arguments: cases)
    func theLimitIsReachedAndSaid(run: Case) throws {
        let built = try Tool(shell: "exec make -s -C '\(Tool.root)' live").run([])
        try #require(built.status == 0, "\(built)")
        let ground = try Ground()
        defer { ground.remove() }
        func once() throws -> Tool.Result {
            try ground.tool().run(
                ["run", "limits", "--engine", "bpf", "--binary", Self.program, "--function", "visit"]
                    + run.options.split(separator: " ").map(String.init)
                    + ["--timeout", "20s", "--format", "json", "--", Self.program], limit: 100)
        }
        var result = try once()
        for words in run.says { #expect(result.errors.contains(words), "\(result)") }
        // A command is never started twice by one run.
        if run.says.contains(where: { $0.contains("the next run") }) { result = try once() }
        #expect(result.status == run.status, "\(result)")
        // The program's own output may stand before the summary.
        let summary = try #require(
            JSONSerialization.jsonObject(with: Data(result.output.drop { $0 != "{" }.utf8))
                as? [String: Any], "\(result)")
        let losses = try #require(summary["losses"] as? [[String: Any]]).map {
            ($0["kind"] as? String ?? "", $0["count"] as? Int ?? 0)
        }
        #expect(Dictionary(uniqueKeysWithValues: losses) == run.losses, "\(result)")
        let tables = try #require(summary["tables"] as? [[String: Any]])
        let rows = tables.first { $0["title"] as? String == "Done" }?["rows"] as? [[Int]]
        #expect(rows ?? [] == (run.done.map { [$0] } ?? []), "\(result)")
    }
}
