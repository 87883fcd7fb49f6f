import DebugInfo
import Foundation
import Testing

@Suite("Statements, labels and callees are those of stap -L")
struct StatementTests {
    /// What is asked, as the words behind `process("…").`, and the same as a query.
    private static let queries: [(point: String, query: ProbeQuery)] = {
        func query(_ text: String, _ place: ProbeQuery.Place, isNearest: Bool = false) -> ProbeQuery {
            ProbeQuery(FunctionPattern(text) ?? FunctionPattern(name: ""), place: place, isNearest: isNearest)
        }
        let statements = [
            "*@*:*", "w*@*.c:*", "*@shapes.c+2", "main@*.c", "main", "*@shapes.c:20-70",
            "*@shapes.c:3,40-50",
        ]
        return statements.map { (".statement(\"\($0)\")", query($0, .statement)) }
            + [
                (
                    ".statement(\"*@shapes.c:1-60\").nearest",
                    query("*@shapes.c:1-60", .statement, isNearest: true)
                ),
                (".function(\"*@*\").label(\"*\")", query("*@*", .label(Glob("*")))),
                (".function(\"*@*\").callee(\"*\")", query("*@*", .callees(Glob("*"), depth: 1))),
                (".function(\"*@shapes.c\").callees(3)", query("*@shapes.c", .callees(Glob("*"), depth: 3))),
            ]
    }()

    @Test(
        "C and C++ at several levels of optimisation",
        arguments: [["-O0", "-g"], ["-O2", "-g"], ["-O2", "-g", "-gdwarf-4"], ["-O2", "-g", "-no-pie"]])
    func fixtures(options: [String]) throws {
        let paths = [
            try Fixture.shapes(options), try Fixture.classes(options), try Fixture.shop(options),
            try Fixture.split(options),
        ]
        for path in paths {
            let binary = try Binary(path: path)
            for (point, query) in Self.queries {
                let ours = ProbeListing.listings(of: (try? binary.probeSites(query)) ?? [])
                let lines = Dictionary(
                    uniqueKeysWithValues: ours.map { listing in
                        (listing.name, Set(listing.variables.map { "\($0.name):\($0.type)" }))
                    })
                #expect(try lines == Stap.listed(path, point), "\(path) \(point)")
            }
        }
    }
}

extension Stap {
    /// `stap -L`: what stands between the first parenthesis and the last, and the variables.
    static func listed(_ binary: String, _ point: String) throws -> [String: Set<String>] {
        let text = try run(
            "sh",
            [
                "-c", "stap -r \"$0\" -L \"$1\" || test $? = 1", release, "process(\"\(binary)\")\(point)",
            ])
        var lines: [String: Set<String>] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("process(") {
            let parts = line.components(separatedBy: " $")
            guard let start = parts[0].range(of: "\").")?.upperBound,
                let open = parts[0][start...].range(of: "(\"")?.upperBound,
                let close = parts[0].range(of: "\")", options: .backwards)?.lowerBound
            else { continue }
            lines[String(parts[0][open..<close])] = Set(parts.dropFirst())
        }
        return lines
    }
}
