import TestSupport
import Testing

@testable import Interpreter

@Suite struct TextFunctionTests {
    @Test func quotesAsStapsRuntimeDoes() throws {
        var random = SeededGenerator()
        let pieces: [[UInt8]] = [
            Array("abc".utf8), Array("\n".utf8), Array("\"".utf8), Array("é".utf8), Array("€".utf8),
            Array("😀".utf8),
            [0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80], [7], [0x1B], Array("\\".utf8),
            Array("xyz0123456789".utf8),
        ]
        var questions: [String] = []
        var found: [[UInt8]] = []
        for _ in 0..<SeededGenerator.rounds(3000) {
            let isBuffer = Bool.random(using: &random)
            var text: [UInt8] = []
            let count = [1, 3, 8, 60].randomElement(using: &random)!
            for _ in 0..<Int.random(in: 0...count, using: &random) {
                text += pieces.randomElement(using: &random)!
            }
            if isBuffer, Bool.random(using: &random) {
                text.insert(0, at: Int.random(in: 0...text.count, using: &random))
            }
            text = Array(text.prefix(511))
            if isBuffer, text.isEmpty { continue }
            let limit = [0, 1, 5, 9, 20, 100, 512, 600].randomElement(using: &random)!
            let isQuoted = Bool.random(using: &random)
            questions.append(
                "text \(isBuffer ? text.count : 0) \(limit) \(isQuoted ? 1 : 0) \(isBuffer ? 1 : 0) \(RuntimeOracle.hexadecimal(text))"
            )
            found.append(
                QuotedText.text(text, limit: limit, isQuoted: isQuoted, longest: 511, isBuffer: isBuffer))
        }
        let answers = try RuntimeOracle.answers(to: questions)
        try #require(answers.count == questions.count)
        for (question, (result, answer)) in zip(questions, zip(found, answers))
        where RuntimeOracle.hexadecimal(result) != answer {
            Issue.record(
                "\(question): found \(RuntimeOracle.hexadecimal(result)), expected \(answer), seed \(random.seed)"
            )
            return
        }
    }

    @Test(
        arguments: [
            ("12abc", 10, 12), ("-12", 10, -12), ("0x1F", 16, 31), ("1f", 16, 31), ("0x1f", 0, 31),
            ("010", 0, 8),
            ("0x", 0, 0), ("10", 0, 10), (" 1", 10, 0), ("+1", 10, 0), ("101", 2, 5), ("", 10, 0),
            ("9", 8, 0),
            ("-9223372036854775808", 10, Int64.min), ("18446744073709551615", 10, -1),
        ] as [(String, Int64, Int64)])
    func readsIntegersAsTheKernelDoes(text: String, base: Int64, value: Int64) {
        #expect(TextFunctions.integer(Array(text.utf8), base: base) == value)
    }

    @Test(
        arguments: [
            ("abcdef", 1, 2, "bc"), ("abc", 0, 100, "abc"), ("abc", 3, 1, ""), ("abc", -1, 1, ""),
            ("abc", 1, 0, ""),
            ("abc", 1, -5, ""), ("abc", 1, Int64.max, ""),
        ] as [(String, Int64, Int64, String)])
    func takesSubstrings(text: String, start: Int64, length: Int64, expected: String) {
        let found = TextFunctions.substring(Array(text.utf8), start, length, longest: 511)
        #expect(String(decoding: found, as: UTF8.self) == expected)
    }

    @Test func tokenizesWithoutEmptyTokens() {
        var rest: ArraySlice<UInt8>? = Array("a,,bc;d,".utf8)[...]
        let tokens = (0..<4).map { _ in
            String(decoding: TextFunctions.token(&rest, delimiters: Array(",;".utf8)), as: UTF8.self)
        }
        #expect(tokens == ["a", "bc", "d", ""])
        #expect(TextFunctions.token(&rest, delimiters: Array(",".utf8)).isEmpty)
    }

    @Test func replacesAndCuts() {
        func replaced(_ text: String, _ needle: String, _ replacement: String, longest: Int = 511) -> String {
            String(
                decoding: TextFunctions.replacing(
                    Array(needle.utf8), with: Array(replacement.utf8), in: Array(text.utf8), longest: longest),
                as: UTF8.self)
        }
        #expect(replaced("aaa", "aa", "b") == "ba")
        #expect(replaced("abc", "", "x") == "abc")
        #expect(replaced("a.b.c", ".", "::") == "a::b::c")
        #expect(replaced("aaaa", "a", "xyz", longest: 5) == "xyzxy")
    }

    @Test func writesCharactersWithASign() throws {
        #expect(try TextFunctions.byte([0xFF], 0) == -1)
        #expect(throws: RuntimeError.position) { try TextFunctions.byte([1], 1) }
        #expect(throws: RuntimeError.position) { try TextFunctions.byte([1], -1) }
    }

    @Test(
        arguments: [
            (0, "Thu Jan  1 00:00:00 1970"), (741_476_948, "Wed Jun 30 21:49:08 1993"),
            (-2_147_483_648, "Fri Dec 13 20:45:52 1901"), (2_147_483_647, "Tue Jan 19 03:14:07 2038"),
            (951_827_696, "Tue Feb 29 12:34:56 2000"), (-1, "Wed Dec 31 23:59:59 1969"),
        ] as [(Int64, String)])
    func writesTimes(seconds: Int64, expected: String) throws {
        #expect(String(decoding: try CalendarTime.text(seconds), as: UTF8.self) == expected)
    }

    @Test func refusesTimesBeyond32Bits() {
        #expect(throws: RuntimeError.time(isFuture: true)) { try CalendarTime.text(1 << 31) }
        #expect(throws: RuntimeError.time(isFuture: false)) { try CalendarTime.text(-(1 << 31) - 1) }
    }
}
