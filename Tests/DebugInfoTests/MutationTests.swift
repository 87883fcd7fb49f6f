import DebugInfo
import Foundation
import Testing

@Suite("Damaged binaries are refused or read, never followed into a crash or a loop")
struct MutationTests {
    /// Asks everything there is to ask of binaries with changed bytes.
    ///
    /// Each case changes up to 24 bytes of a real binary, mostly in headers and debug sections. The seed is fixed; a crash ends the test run, which names this test.
    @Test("mutations", arguments: [["-O2", "-g"], ["-O0", "-g", "-gdwarf-4"]])
    func mutations(options: [String]) throws {
        let good = try Array(Data(contentsOf: URL(fileURLWithPath: Fixture.shapes(options))))
        let path = try Fixture.newFolder() + "/mutant"
        let debugStart = good.count / 4
        var opened = 0
        for seed in UInt64(0)..<200 {
            var random = SeededGenerator(seed: 0xD1E_0000 + seed)
            var bytes = good
            for _ in 0..<Int.random(in: 1...24, using: &random) {
                let isHeader = seed % 8 == 0
                let place =
                    isHeader
                    ? Int.random(in: 0..<1024, using: &random)
                    : Int.random(in: debugStart..<good.count, using: &random)
                bytes[place] =
                    Bool.random(using: &random)
                    ? UInt8.random(in: 0...255, using: &random)
                    : bytes[place] ^ (1 << UInt8.random(in: 0...7, using: &random))
            }
            if seed % 16 == 5 { bytes.removeLast(Int.random(in: 1..<good.count, using: &random)) }
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            if ask(path) { opened += 1 }
        }
        // Otherwise the headers' checks refused everything and nothing was tested behind them.
        #expect(opened > 50)
    }

    /// Whether the binary opened.
    private func ask(_ path: String) -> Bool {
        guard let binary = try? Binary(path: path, debugRoots: []) else { return false }
        _ = binary.allFunctionNames
        for variant in [ProbeVariant.any, .return] {
            let sites = binary.probeSites(matching: FunctionPattern(name: "*"), variant)
            _ = ProbeListing.listings(of: sites, variant)
            for site in sites {
                _ = site.variableNames
                _ = site.variable(named: "counter")?.availability
                for variable in site.variables { visit(variable.type) }
            }
        }
        guard let dwarf = try? binary.debugInfo() else { return true }
        _ = dwarf.typeNames
        _ = dwarf.units.map(\.sourceFiles)
        visit(dwarf.type(named: "struct node"))
        return true
    }

    private func visit(_ type: DWARFType?) {
        guard let type else { return }
        _ = (type.cName, type.size, type.bounds, type.unqualified?.memberNames, type.enumerators)
        _ = type.unqualified?.member(named: "secret")?.type?.size
    }
}
