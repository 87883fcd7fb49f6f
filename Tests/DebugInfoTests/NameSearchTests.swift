import DebugInfo
import Testing

/// A name is looked for by bytes unless all units have been walked; both must find the same.
@Suite("A name leads to the units that have it")
struct NameSearchTests {
    static let builds: [[String]] = [
        ["-O2", "-g"], ["-O0", "-g", "-gdwarf-4"], ["-O1", "-g", "-gz"], ["-O2", "-g", "-flto"],
        ["-O2", "-g", "-fdebug-types-section"], ["-O2", "-g", "-gdwarf64"], ["-O2", "-g", "-gsplit-dwarf"],
        ["-O2", "-g", "-fno-merge-debug-strings"],
    ]

    @Test("functions of C", arguments: builds)
    func functions(options: [String]) throws { try compare(try Fixture.shapes(options)) }

    @Test("functions of C++", arguments: builds)
    func methods(options: [String]) throws { try compare(try Fixture.classes(options)) }

    private func compare(_ path: String) throws {
        // This one has walked all units, and searches no more.
        let walked = try Binary(path: path)
        let names = walked.allFunctionNames
        #expect(names.count > 5)
        for name in names {
            let pattern = FunctionPattern(name: name)
            let found = try Binary(path: path).probeSites(matching: pattern)
            let expected = walked.probeSites(matching: pattern)
            #expect(found.map(\.description) == expected.map(\.description), "\(name)")
            #expect(found.map(\.address) == expected.map(\.address), "\(name)")
        }
    }

    @Test("types and variables", arguments: builds)
    func types(options: [String]) throws {
        let path = try Fixture.shapes(options)
        let all = try Binary(path: path).debugInfo()
        for name in all.typeNames {
            #expect(try Binary(path: path).debugInfo().type(named: name) != nil, "\(name)")
        }
        for name in all.globalVariableNames() {
            #expect(try !Binary(path: path).debugInfo().globalVariables(named: name).isEmpty, "\(name)")
        }
    }
}
