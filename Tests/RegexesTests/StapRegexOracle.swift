import Foundation
import TestSupport
import Testing

/// Runs the automata that the installed stap makes of regular expressions: its third pass writes them in C.
enum StapRegexOracle {
    /// Whether stap's automaton of each pattern matches each text.
    static func verdicts(_ patterns: [String], _ texts: [[UInt8]]) throws -> [[Bool]] {
        let folder = try TestTool.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let functions = patterns.enumerated().map { number, pattern in
            let literal = pattern.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            return "function f\(number)(s) { return s =~ \"\(literal)\" }\n"
        }
        let calls = patterns.indices.map { "println(f\($0)(s))\n" }
        let script = functions.joined() + "probe begin { s = execname()\n\(calls.joined())}\n"
        let source = String(
            decoding: try TestTool.output(
                of: "stap", ["-r", InstalledKernel.release, "-u", "-p3", "-e", script]), as: UTF8.self)
        var program = "#include <stdio.h>\n#define __restrict__\nstruct context;\n"
        for automaton in source.matches(of: /(?s)\nint __stp_dfa[0-9]+ \(.*?\n}\n/) {
            program += automaton.output
        }
        program += "int main(void) {\n"
        for number in patterns.indices {
            let body = try #require(
                source.firstMatch(
                    of: try Regex(
                        "(?s)function___global_f\(number)__overload_0 \\(struct context\\* __restrict__ c\\) \\{(.*?)\\n}\\n"
                    )))
            let name = try #require(String(source[body.range]).firstMatch(of: /__stp_dfa[0-9]+/)).output
            for text in texts {
                let bytes = text.map { "\\\(String($0 >> 6))\(String($0 >> 3 & 7))\(String($0 & 7))" }
                    .joined()
                program += "putchar(\(name)(0, \"\(bytes)\") ? '1' : '0');\n"
            }
            program += "putchar('\\n');\n"
        }
        program += "return 0; }\n"
        let file = folder.appendingPathComponent("automata.c")
        try program.write(to: file, atomically: true, encoding: .utf8)
        let binary = folder.appendingPathComponent("automata").path
        _ = try TestTool.output(of: "cc", ["-w", "-o", binary, file.path])
        let output = String(decoding: try TestTool.output(of: binary, []), as: UTF8.self)
        return output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map { line in
            line.map { $0 == "1" }
        }
    }
}
