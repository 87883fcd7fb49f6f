import Foundation
import Testing

/// The recipes that take samples of where a program runs or waits, by the built-in engine on a program that does so in
/// one place: not each of their lines is known beforehand, but which stack has nearly all of it.
@Suite(.enabled(if: getuid() == 0, "placing probes needs root"), .serialized)
final class ProcessorRecipeTests {
    private let built: BuiltProgram
    private var program: String { built.path }

    init() throws { built = try BuiltProgram("burn-or-doze", options: "-fno-optimize-sibling-calls") }

    /// A row of a table: its cells by the columns' names, and the functions of its stack, the innermost first.
    private struct Row {
        var cells: [String: Any]
        var functions: [String]

        func number(_ column: String) -> Int { cells[column] as? Int ?? 0 }

        /// Whether the stack goes through these functions, the innermost first, with nothing between them.
        func goesThrough(_ names: [String]) -> Bool {
            functions.indices.contains { functions[$0...].starts(with: names) }
        }
    }

    private func summary(by recipe: String, _ command: String...) throws -> [String: Any] {
        let result = try Tool().run(
            ["run", recipe, "--engine", "bpf", "--timeout", "60s", "--format", "json", "--"] + command,
            limit: 120)
        #expect(result.status == 0, "\(result)")
        return try #require(JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    }

    private func rows(of title: String, by recipe: String, _ word: String) throws -> [Row] {
        let summary = try summary(by: recipe, program, word)
        let stacks = try #require(summary["stacks"] as? [[String: Any]]).map { stack in
            (stack["frames"] as? [[String: Any]] ?? []).map { $0["symbol"] as? String ?? "?" }
        }
        let tables = try #require(summary["tables"] as? [[String: Any]])
        let table = try #require(tables.first { $0["title"] as? String == title }, "\(summary)")
        let columns = try #require(table["columns"] as? [String])
        return try #require(table["rows"] as? [[Any]]).map { cells in
            let cells = Dictionary(uniqueKeysWithValues: zip(columns, cells))
            let place = (cells["stack"] as? [String: Any])?["stack"] as? Int
            return Row(cells: cells, functions: place.map { stacks[$0] } ?? [])
        }
    }

    @Test func theFunctionThatUsesTheProcessorHasTheSamples() throws {
        let rows = try rows(of: "Functions", by: "on-cpu", "burn")
        let all = rows.reduce(0) { $0 + $1.number("count") }
        let planted = rows.filter { $0.cells["function"] as? String == "burn" }.reduce(0) {
            $0 + $1.number("count")
        }
        #expect(all >= 150 && planted * 10 >= all * 9, "\(planted) of \(all): \(rows)")
    }

    @Test func theStackThatUsesTheProcessorHasTheSamples() throws {
        let rows = try rows(of: "Call stacks", by: "on-cpu", "burn")
        let all = rows.reduce(0) { $0 + $1.number("count") }
        let planted = rows.filter { $0.goesThrough(["burn", "work", "main"]) }.reduce(0) {
            $0 + $1.number("count")
        }
        // Two seconds are 200 ticks at the least rate that kernels have.
        #expect(all >= 150, "\(rows)")
        #expect(planted * 10 >= all * 9, "\(planted) of \(all): \(rows)")
    }

    @Test func theStackThatSleepsHasTheWaits() throws {
        let rows = try rows(of: "Waits", by: "off-cpu", "doze")
        // On a busy machine it also waits for a processor, in any place.
        let sleeps = rows.filter { $0.cells["state"] as? String == "sleep" }
        let all = sleeps.reduce(0) { $0 + $1.number("sum(us)") }
        let planted = sleeps.filter { $0.goesThrough(["doze", "rest", "main"]) }
        let time = planted.reduce(0) { $0 + $1.number("sum(us)") }
        #expect(planted.reduce(0) { $0 + $1.number("sum(waits)") } == 10, "\(rows)")
        #expect(time >= 1_000_000 && time * 10 >= all * 9, "\(time) of \(all): \(rows)")
    }

    /// Code without names is not a row for each of its addresses.
    @Test func samplesOfAStrippedProgramAreItsFiles() throws {
        let stripped = try Tool(shell: "exec strip '\(program)'").run([])
        #expect(stripped.status == 0, "\(stripped)")
        let rows = try rows(of: "Functions", by: "on-cpu", "burn")
        let all = rows.reduce(0) { $0 + $1.number("count") }
        let planted = rows.first { $0.cells["function"] as? String == "[burn-or-doze]" }?.number("count") ?? 0
        #expect(all >= 150 && planted * 10 >= all * 9, "\(planted) of \(all): \(rows)")
    }

    /// A process that is about to execute a program, or has ended, is at no place.
    @Test func waitsWithoutAPlaceHaveNoStack() throws {
        let rounds = "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do /bin/true; done"
        let summary = try summary(by: "off-cpu", "/bin/sh", "-c", rounds)
        #expect(summary["unmatchedLines"] as? [String] == [])
    }
}
