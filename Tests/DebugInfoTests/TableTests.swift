import DebugInfo
import Foundation
import Testing

@Suite("Static marks and the linkage table")
struct TableTests {
    @Test("a mark's place, names and arguments", arguments: [["-O0", "-g"], ["-O2"], ["-O2", "-no-pie"]])
    func mark(options: [String]) throws {
        let path = try Fixture.shop(options)
        let mark = try #require(try Binary(path: path).marks().first)
        #expect(mark.provider == "shop" && mark.name == "sold" && mark.semaphore == nil)
        // readelf -n prints what the note says; nothing was moved here.
        let note = try run("readelf", ["--notes", path])
        let hex = String(mark.address, radix: 16)
        #expect(note.contains("Location: 0x\(String(repeating: "0", count: 16 - hex.count))\(hex)"))
        let counter = try #require(try Binary(path: path).symbols.symbol(named: "counter")).address
        func register(_ number: Int, _ width: Int = 64) -> MarkArgument.Register {
            .init(number: number, width: width, shift: 0)
        }
        let expected: [MarkArgument.Operand] = [
            .register(register(0, 32)),
            .memory(base: register(6), index: nil, scale: 1, displacement: -16),
            .constant(5), .register(register(7)), .register(register(0, 8)),
            .memory(base: register(0), index: register(3), scale: 8, displacement: 0),
            .address(counter), .unsupported,
        ]
        #expect(mark.arguments.map(\.operand) == expected)
        #expect(mark.arguments.map(\.size) == [4, 8, 4, 8, 1, 8, 4, 4])
        #expect(mark.arguments.map(\.isSigned) == [true, false, false, true, false, false, false, true])
    }

    @Test(
        "linkage table entries lie where stap probes them", arguments: [["-O0", "-g"], ["-O2", "-no-pie"]])
    func linkage(options: [String]) throws {
        let path = try Fixture.shop(options)
        let script = "probe process(\"\(path)\").plt { exit() }"
        let text = try run("sh", ["-c", "stap -r \"$0\" -p2 -vv -e \"$1\" 2>&1", Stap.release, script])
        let expected = text.split(separator: "\n").compactMap { line -> String? in
            guard line.hasPrefix("probe "), let at = line.firstIndex(of: "@"),
                let pc = line.range(of: " pc=0x")
            else { return nil }
            return "\(line.dropFirst(6)[..<at]) \(line[pc.upperBound...])"
        }
        let ours = try Binary(path: path).linkageEntries().map {
            "\($0.name) \(String($0.address, radix: 16))"
        }
        #expect(ours.sorted() == expected.sorted() && ours.count >= 3)
    }

    @Test("addresses mean the function or the statement there")
    func addresses() throws {
        let binary = try Binary(path: Fixture.shop(["-O0", "-g"]))
        let leaf = try #require(binary.symbols.symbol(named: "leaf")).address
        #expect(binary.functionSite(at: leaf + 30)?.name == "leaf")
        #expect(binary.functionSite(at: leaf + 30, .return)?.address == leaf)
        #expect(binary.functionSite(at: 1) == nil)
        #expect(try binary.statementSite(at: leaf)?.line == 14)
        #expect(throws: ProbeQueryError.notAtStatement(leaf + 1, start: leaf)) {
            try binary.statementSite(at: leaf + 1)
        }
        #expect(try binary.statementSite(at: leaf + 1, isAnywhere: true)?.name == "leaf")
    }
}
