import DebugInfo
import Testing

/// A literal name is looked for by bytes; a pattern has every unit walked. Both must find the same.
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
        let names = try Binary(path: path).allFunctionNames
        #expect(names.count > 5)
        for name in names {
            guard let first = name.first, first != "[", !name.contains(" ") else { continue }
            // Each is the first that its binary is asked.
            let literal = try Binary(path: path).probeSites(matching: try #require(FunctionPattern(name)))
            let pattern = try Binary(path: path).probeSites(
                matching: try #require(FunctionPattern("[\(first)]\(name.dropFirst())")))
            #expect(Set(literal.map(\.address)) == Set(pattern.map(\.address)), "\(name)")
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
