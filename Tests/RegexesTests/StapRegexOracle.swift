import Foundation
import TestSupport
import Testing

/// Runs the automata that the installed stap makes of regular expressions: its third pass writes them in C.
enum StapRegexOracle {
    /// Whether stap's automaton of each pattern matches each text.
    static func verdicts(_ patterns: [String], _ texts: [[UInt8]]) throws -> [[Bool]] {
        try run(patterns, texts, ending: "") { "putchar(\($0) ? '1' : '0');" }.map { $0.map { $0 == "1" } }
    }

    /// What each pattern's groups match in each text, the whole match first; nil without a match.
    static func groups(_ patterns: [String], _ texts: [String]) throws -> [[[String]?]] {
        // With `matched` in the script, the automata note the groups' places in the context.
        let lines = try run(patterns, texts.map { Array($0.utf8) }, ending: "println(matched(0))") {
            "show(\($0));"
        }
        return lines.map { line in
            zip(line.split(separator: "/", omittingEmptySubsequences: false), texts).map { places, text in
                let places = places.split(separator: " ").compactMap { Int($0) }
                if places.isEmpty { return nil }
                let bytes = Array(text.utf8)
                return stride(from: 0, to: places.count, by: 2).map { index in
                    guard places[index] >= 0, places[index + 1] >= 0 else { return "" }
                    // The end of the text is a byte more to stap.
                    return String(
                        decoding: bytes[places[index]..<min(places[index + 1], bytes.count)], as: UTF8.self)
                }
            }
        }
    }

    /// A line of output for each pattern, of what a statement prints for each text's match.
    private static func run(
        _ patterns: [String], _ texts: [[UInt8]], ending: String, _ statement: (String) -> String
    ) throws -> [Substring] {
        let folder = try TestTool.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let functions = patterns.enumerated().map { number, pattern in
            let literal = pattern.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            return "function f\(number)(s) { return s =~ \"\(literal)\" }\n"
        }
        let calls = patterns.indices.map { "println(f\($0)(s))\n" }
        let script = functions.joined() + "probe begin { s = execname()\n\(calls.joined())\(ending) }\n"
        let source = String(
            decoding: try TestTool.output(
                of: "stap", ["-r", InstalledKernel.release, "-u", "-p3", "-e", script]), as: UTF8.self)
        var program = """
            #include <stdio.h>
            #include <string.h>
            #define __restrict__
            #define MAXSTRINGLEN 512
            #define STAPREGEX_MAX_TAG 100
            #define strlcpy strncpy
            static struct context {
                struct {
                    int result, num_final_tags, tag_vals[101], tag_states[101][101];
                    char matched_str[512];
                } last_match;
            } context;
            static void show(int matches)
            {
                for (int i = 0; matches && i < context.last_match.num_final_tags; i++)
                    printf("%d ", context.last_match.tag_vals[i]);
                putchar('/');
            }

            """
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
                program += statement("\(name)(&context, \"\(bytes)\")") + "\n"
            }
            program += "putchar('\\n');\n"
        }
        program += "return 0; }\n"
        let file = folder.appendingPathComponent("automata.c")
        try program.write(to: file, atomically: true, encoding: .utf8)
        let binary = folder.appendingPathComponent("automata").path
        _ = try TestTool.output(of: "cc", ["-w", "-o", binary, file.path])
        let output = String(decoding: try TestTool.output(of: binary, []), as: UTF8.self)
        return output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    }
}
