import Foundation
import TestSupport
import Testing

/// What recipes of waits say of a program in which a thread waits and never gets what it waits for
/// (`Tests/Programs/hanging.c`).
@Suite(.enabled(if: getuid() == 0, "placing probes needs root"), .serialized)
struct HangingProgramTests {
    private let folder: String
    private var program: String { folder + "/hanging" }

    init() throws {
        folder = try TestTool.temporaryFolder().path
        try TestTool.shell("gcc -g -O1 -o '\(program)' '\(Tool.root)/Tests/Programs/hanging.c' -lpthread")
    }

    /// A run with the program as its command; the program's own output may stand before the summary.
    private func run(_ recipe: String, milliseconds: Int) throws -> (
        result: Tool.Result, summary: SummaryJSON
    ) {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let result = try Tool(directory: folder).run([
            "run", recipe, "--engine", "bpf", "--format", "json", "--", program, "\(milliseconds)",
        ])
        return (result, try SummaryJSON(String(result.output.drop { $0 != "{" }), of: "\(result)"))
    }

    /// Not until the run is over, which is some time after the program.
    @Test func aWaitLastsUntilItsThreadEnds() throws {
        let (result, summary) = try run("lock-waits", milliseconds: 300)
        let rows = summary.rows("Waiting still")
        #expect(rows.count == 1, "\(result)")
        let waited = try #require(
            (result.output + result.errors).firstMatch(of: /waited: (\d+)/).flatMap { Int($0.1) }, "\(result)"
        )
        let told = try #require(rows.first?.first as? Int)
        #expect((waited - 1000...waited + 50_000).contains(told), "\(told) of \(waited)")
    }

    /// Threads that ended wait for nothing.
    @Test func deadThreadsAreNotAsleep() throws {
        let (result, summary) = try run("off-cpu", milliseconds: 100)
        #expect(!summary.rows("Waits").isEmpty, "\(result)")
        #expect(summary.rows("Asleep at the end").isEmpty, "\(result)")
    }

    /// That nothing was seen to begin does not mean that nothing waits.
    @Test(arguments: ["lock-waits", "off-cpu"])
    func aProgramThatHangsAllTheTimeIsNotSaidToBeWell(recipe: String) throws {
        let shell = """
            ./hanging & target=$!
            until [ -e hanging.waits ]; do sleep 0.05; done
            "$@" --pid $target
            kill -KILL $target
            """
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let result = try Tool(directory: folder, shell: shell).run(
            ["run", recipe, "--engine", "bpf", "--timeout", "1s"])
        #expect(result.output.contains("since before the run"), "\(result)")
        #expect(result.output.contains("wchan"), "\(result)")
        #expect(!result.output.contains("did not happen"), "\(result)")
    }
}
