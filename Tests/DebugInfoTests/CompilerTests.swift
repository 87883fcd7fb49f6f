import DebugInfo
import Foundation
import Testing

/// Whose debug information stap trusts at a function's first instruction, and what compilers leave out of it.
///
/// clang comes with Swift.
@Suite("Other compilers' programs are probed as by stap")
struct CompilerTests {
    static let clang: [[String]] = ["-O0", "-O1", "-O2", "-O3"].flatMap { level in
        ["-gdwarf-4", "-gdwarf-5"].map { [level, $0] }
    }

    private func addresses(_ binary: String) throws -> [String] {
        Stap.addresses(of: try Binary(path: binary).probeSites(matching: FunctionPattern(name: "*")))
    }

    @Test("clang's functions are probed where stap probes them", arguments: clang)
    func addresses(options: [String]) throws {
        for binary in [
            try Fixture.shapes(options, by: "clang"), try Fixture.classes(options, by: "clang++"),
        ] {
            #expect(try addresses(binary) == Stap.addresses(binary, "*"))
        }
    }

    @Test("clang's functions by their files", arguments: clang)
    func files(options: [String]) throws {
        let shapes = try Fixture.shapes(options, by: "clang")
        for pattern in ["*@*.c", "*@*/shapes.c", "*@*", "*@hidden.c", "walk@*.h", "main@shapes.c"] {
            for variant in [ProbeVariant.any, .call, .inline] {
                #expect(
                    try list(shapes, pattern, variant) == Stap.list(shapes, pattern, variant), "\(pattern)")
            }
        }
    }

    @Test("lambdas by their files", arguments: ["-O0", "-O2"])
    func lambdas(level: String) throws {
        for compiler in ["g++", "clang++"] {
            let classes = try Fixture.classes([level, "-g"], by: compiler)
            for pattern in ["*@*classes.cc", "operator()@*.cc", "operator()"] {
                #expect(try list(classes, pattern, .any) == Stap.list(classes, pattern, .any), "\(pattern)")
            }
        }
    }

    /// stap's bounds are 4.4 and 4.5.
    @Test("gcc's older versions are not trusted", arguments: ["4.3.6", "4.4.7", "4.5.1", "10.2.1"])
    func versions(version: String) throws {
        for level in ["-O0", "-O2"] {
            let binary = try Fixture.shapes([level, "-g"], ofVersion: version)
            #expect(try addresses(binary) == Stap.addresses(binary, "*"), "\(level)")
        }
    }
}
