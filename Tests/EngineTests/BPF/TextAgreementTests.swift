import Foundation
import Lowering
import RecipeModel
import Regexes
import TestSupport
import Testing

@testable import Engine
@testable import Interpreter

/// What handlers in the kernel make of texts is what the interpreter makes of them, byte for byte.
@Suite(.enabled(if: getuid() == 0, "loading BPF needs root"), .serialized)
struct TextAgreementTests {
    static let stringLength = 128
    static var longest: Int { stringLength - 1 }

    /// Random calls, and the lines that a script prints for them.
    private static func run(
        _ seed: UInt64, _ body: String, count: Int = 300
    ) async throws -> (calls: [FedProgram.Call], lines: [[UInt8]]) {
        var generator = SeededGenerator(seed: seed)
        let calls = (0..<count).map { _ in FedProgram.Call(&generator, longest: 150) }
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "taprecipe-fed-\(UUID().uuidString)"
        ).path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let run = try await BPFEngineTests.run(
            "probe PROGRAM.function(\"take\") { \(body) }",
            command: try FedProgram.command(calls, in: folder),
            limits: Limits(macros: [.MAXSTRINGLEN: UInt64(stringLength)]))
        try #require(run.messages == [], "seed \(seed)")
        return (calls, run.bytes)
    }

    /// Prints terms as the kernel evaluates them, each followed by the interpreter's value, and compares.
    private static func compare(_ terms: [String], seed: UInt64, before: String = "") async throws {
        let body = terms.enumerated().map { number, term in
            "v\(number) = \(term); printf(\"%s\\n\", v\(number)); printf(\"%s\\n\", \(term));"
        }
        let names = "a = user_string($a); b = user_string($b); c = user_string($c); "
        let (calls, lines) = try await run(seed, names + before + body.joined(separator: " "))
        try #require(lines.count == calls.count * terms.count * 2, "seed \(seed)")
        for (index, call) in calls.enumerated() {
            for (number, term) in terms.enumerated() {
                let place = (index * terms.count + number) * 2
                try #require(
                    lines[place] == lines[place + 1],
                    "seed \(seed): \(term) of \(call.texts.map { String(decoding: $0, as: UTF8.self) }), \(call.numbers)"
                )
            }
        }
    }

    @Test func textFunctionsAgree() async throws {
        let seed = SeededGenerator().seed
        try await Self.compare(
            [
                "text_str(a)", "string_quoted(a)", "text_strn(a, $y, 0)", "text_strn(a, $y, 1)",
                "text_strn(a, $x, $z)",
                "substr(b, $x, $y)", "substr(b, $y, $x)", "str_replace(b, c, \"..\")",
                "str_replace(b, c, \"\")",
                "str_replace(b . b, c, b)", "str_replace(b, \"aa\", c)",
            ], seed: seed)
    }

    @Test func formatsAgree() async throws {
        let seed = SeededGenerator().seed
        var generator = SeededGenerator(seed: seed)
        let terms = (0..<40).map { _ -> String in
            var format = ""
            var arguments: [String] = []
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                format += ["", "x", " = "].randomElement(using: &generator)! + "%"
                format += ["", "", "#", "+", "-", " "].randomElement(using: &generator)!
                format += ["", "", "0"].randomElement(using: &generator)!
                let extents = ["", "", "1", "8", "30", "*"]
                let width = extents.randomElement(using: &generator)!
                if width == "*" { arguments.append(["$x", "$y", "$z"].randomElement(using: &generator)!) }
                format += width
                let precision = extents.randomElement(using: &generator)!
                if !precision.isEmpty { format += "." + precision }
                if precision == "*" { arguments.append(["$x", "$y"].randomElement(using: &generator)!) }
                let kind = "dduxXopscb".randomElement(using: &generator)!
                format.append(kind)
                switch kind {
                case "s": arguments.append("b")
                // A line's end would tear the line.
                case "c": arguments.append("($z & 0x7f) == 10 ? 9 : ($z & 0x7f)")
                case "b": arguments.append("$z | 0x2020202020202020")
                default: arguments.append(["$z", "$x"].randomElement(using: &generator)!)
                }
            }
            return "sprintf(\"\(format)\", \(arguments.joined(separator: ", ")))"
        }
        for part in stride(from: 0, to: terms.count, by: 10) {
            try await Self.compare(Array(terms[part..<part + 10]), seed: seed)
        }
    }

    @Test func stringsOfTheProgramAgree() async throws {
        let seed = SeededGenerator().seed
        let (calls, lines) = try await Self.run(
            seed,
            """
            printf("%s\\n%s\\n%s\\n%s\\n%s\\n", user_string_quoted($a), user_string_n_quoted($a, $y),
                   user_string_n_quoted($a, $y, 20), user_buffer_quoted($a, $y, $x * 10),
                   string_quoted(user_string_n($a, $y)))
            """)
        try #require(lines.count == calls.count * 5, "seed \(seed)")
        func quoted(_ text: some Sequence<UInt8>, _ limit: Int = 0, isBuffer: Bool = false) -> [UInt8] {
            QuotedText.text(
                Array(text), limit: limit, isQuoted: true, longest: Self.longest, isBuffer: isBuffer)
        }
        for (index, call) in calls.enumerated() {
            let text = call.texts[0].prefix(Self.longest - 1)
            let count = call.numbers[1]
            let part = text.prefix(Int(max(count, 0)))
            func shortened(_ limit: Int) -> [UInt8] {
                let whole = quoted(part)
                guard whole.count > limit - 2 else { return whole }
                return Array((whole.prefix(limit - 4) + Array("\"...".utf8)).prefix(Self.longest))
            }
            let length = count <= 0 ? Self.longest : min(Int(count), Self.longest)
            var memory = call.texts[0] + [0]
            // What is behind the text's end is another call's, so that only texts that are long enough are compared.
            let knowsMemory = memory.count >= length
            memory = Array(memory.prefix(length))
            let limit = Int(max(call.numbers[0] * 10, 0))
            let expected = [
                quoted(text), shortened(Self.stringLength), shortened(20),
                knowsMemory ? quoted(memory, limit, isBuffer: true) : lines[index * 5 + 3], quoted(part),
            ]
            for (number, line) in expected.enumerated() {
                try #require(lines[index * 5 + number] == line, "seed \(seed): \(number) of \(call)")
            }
        }
    }

    @Test func integersAndTokensAgree() async throws {
        let seed = SeededGenerator().seed
        let (calls, lines) = try await Self.run(
            seed,
            """
            b = user_string($b); c = user_string($c)
            printf("%d %d %d %d %d %d ", strtol(b, $x), strtol(c . b, 16), isinstr(b, c), isinstr(b . "x", c . "x"),
                   isdigit(b), $y >= 0 && $y < strlen(b) ? stringat(b, $y) : -1)
            d = c . "x"
            t = tokenize(b, d)
            while (t != "") { printf("%s|", t); t = tokenize(d) }
            printf("\\n")
            """)
        try #require(lines.count == calls.count, "seed \(seed)")
        for (call, line) in zip(calls, lines) {
            let (b, c) = (Array(call.texts[1].prefix(Self.longest - 1)), call.texts[2])
            let x = UInt8(ascii: "x")
            func find(_ needle: [UInt8], _ text: [UInt8]) -> Int {
                TextFunctions.find(needle, in: text) == nil ? 0 : 1
            }
            let y = call.numbers[1]
            var rest: ArraySlice<UInt8>? = b.isEmpty ? nil : b[...]
            var tokens = ""
            while case let token = TextFunctions.token(&rest, delimiters: c + [x]), !token.isEmpty {
                tokens += String(decoding: token, as: UTF8.self) + "|"
            }
            let numbers: [Int64] = [
                TextFunctions.integer(b, base: call.numbers[0]),
                TextFunctions.integer(Array((c + b).prefix(Self.longest)), base: 16), Int64(find(c, b)),
                Int64(find(c + [x], Array((b + [x]).prefix(Self.longest)))),
                b.first.map { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 } == true ? 1 : 0,
                try y >= 0 && y < b.count ? TextFunctions.byte(b, y) : -1,
            ]
            try #require(
                String(decoding: line, as: UTF8.self) == numbers.map { "\($0) " }.joined() + tokens,
                "seed \(seed): \(call)")
        }
    }

    @Test func patternsAgree() async throws {
        let patterns = [
            "^a", "a$", "^$", "", "ab", "(aa)+b", "^[a-f.]*$", "a{2,4}b", "(a|b)*[.]", "0x[0-9a-f]+",
            "^(a|.b)*1", ".",
            "-9|f.*f", "[^ab]{3}",
        ]
        let seed = SeededGenerator().seed
        let matches = patterns.map { "b =~ \"\($0)\"" }.joined(separator: ", ")
        let (calls, lines) = try await Self.run(
            seed, "b = user_string($b); print(\(matches)); println(user_string($a) =~ \"[a-m][^a-m]\")")
        try #require(lines.count == calls.count, "seed \(seed)")
        let automata = try patterns.map { try RegexAutomaton(parsing: Array($0.utf8)) }
        let last = try RegexAutomaton(parsing: Array("[a-m][^a-m]".utf8))
        for (call, line) in zip(calls, lines) {
            let text = call.texts[1].prefix(Self.longest - 1)
            let expected =
                automata.map { $0.matches(text) ? "1" : "0" }.joined()
                + (last.matches(call.texts[0].prefix(Self.longest - 1)) ? "1" : "0")
            try #require(String(decoding: line, as: UTF8.self) == expected, "seed \(seed): \(call)")
        }
    }
}
