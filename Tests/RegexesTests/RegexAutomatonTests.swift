import TestSupport
import Testing

@testable import Regexes

@Suite struct RegexAutomatonTests {
    private static let patterns = [
        "", "a", "a|b", "a|", "|a", "(a|)b", "()", "^", "$", "^$", "$^", "^a$", "a^b", "a$b", "a$$", "^^a",
        "(^|,)a",
        "a($|,)", "(a$)+", "(^a|b$)", "x*", "a+", "ab?c", "(ab)*c", "(a+)+", "(|a)*", "(a?)*b", "a**", "a{2}",
        "a{2,}",
        "a{1,2}b", "a{0}b", "x{2}{3}", "(ab){2}", ".", "^.$", "a.b", "a\\.b", "\\d", "\\n", "a\\$", "\\(a\\)",
        "[ab]",
        "[^b]", "[a-c]x", "[]a]", "[^]a]", "[a-]", "[-a]", "[+--]", "[a-c-e]", "[\\]]", "[\\d]", "[\\a-c]",
        "[[.a.]]",
        "[[=a=]]", "[.a.]", "[:alpha:]", "[[:alpha:]]", "[^[:alpha:]]", "[a[:digit:]]", "[[:space:]]b",
        "[[:punct:]]x",
        "[[:xdigit:]]{2}", "(?:ab)", "a)", "]", "}", "5[0-9][0-9]", "^/(api|static)/.*\\.js$",
        "(GET|POST) /x",
    ]
    private static let texts: [[UInt8]] =
        [
            "", "a", "b", "ab", "aab", "aaab", "a.b", "axb", "]", "\\", "]]", "\\]", "d", "cx", "n", "\n",
            "a\nb", "^",
            "a^b", "a$b", "$", "a$", "a$$", "?:ab", ":ab", ":", ".", "[.a", "a]", ".]", "[]", "=]", "=", "-",
            "-x", ",a",
            "a,", " b", "\tb", "abc", "abab", "xaxbxc", "ababc", "1", "p", "l:", "}", "?", "+", "e", "(a)",
            "xxxxxx",
            "xxxxx", "ac", "0f", "502", "5x2", "/api/a.js", "/api/a.jsx", "GET /x", "POST /y",
        ].map { Array($0.utf8) } + [
            [0xFF], [UInt8(ascii: "a"), 0xC3, UInt8(ascii: "b")], [0x80, UInt8(ascii: "x")],
        ]

    @Test func agreesWithStapsOwnAutomata() throws {
        let verdicts = try StapRegexOracle.verdicts(Self.patterns, Self.texts)
        #expect(verdicts.count == Self.patterns.count)
        for (pattern, expected) in zip(Self.patterns, verdicts) {
            let automaton = try RegexAutomaton(parsing: Array(pattern.utf8))
            let found = Self.texts.map { automaton.matches($0) }
            let wrong = zip(Self.texts, zip(found, expected)).filter { $0.1.0 != $0.1.1 }.map {
                String(decoding: $0.0, as: UTF8.self)
            }
            #expect(wrong.isEmpty, "'\(pattern)' on \(wrong)")
        }
    }

    @Test func agreesWithABacktrackerOnRandomExpressions() throws {
        var random = SeededGenerator()
        var compared = 0
        let rounds = SeededGenerator.rounds(2000)
        for _ in 0..<rounds {
            let pattern = Self.expression(&random, depth: 3)
            let node = try RegexReader.node(of: Array(pattern.utf8))
            // Nested counts may need more states than an automaton has; that is refused, and seldom.
            guard let automaton = try? RegexAutomaton(parsing: Array(pattern.utf8)) else { continue }
            compared += 1
            for _ in 0..<8 {
                let text = (0..<Int.random(in: 0...6, using: &random)).map { _ in
                    Array("abc".utf8).randomElement(using: &random)!
                }
                let expected = Backtracker(text: text).holdsMatch(node)
                guard automaton.matches(text) != expected else { continue }
                let shown = String(decoding: text, as: UTF8.self)
                Issue.record("'\(pattern)' on '\(shown)': expected \(expected), seed \(random.seed)")
                return
            }
        }
        let missed = rounds - compared
        #expect(missed * 100 < rounds, "\(missed) of \(rounds) were too large, seed \(random.seed)")
    }

    private static func expression(_ random: inout SeededGenerator, depth: Int) -> String {
        let count = Int.random(in: 1...3, using: &random)
        return (0..<count).map { _ in factor(&random, depth: depth) }.joined()
    }

    private static func factor(_ random: inout SeededGenerator, depth: Int) -> String {
        let atoms = ["a", "b", "c", ".", "[ab]", "[^a]", "[b-c]", "(a|)"]
        switch Int.random(in: 0..<10, using: &random) {
        case 0: return "^"
        case 1: return "$"
        case 2...3 where depth > 0:
            return "(\(expression(&random, depth: depth - 1))|\(expression(&random, depth: depth - 1)))"
        case 4...5 where depth > 0:
            let mark = ["*", "+", "?", "{2}", "{0,2}", "{1,}"].randomElement(using: &random)!
            return "(\(expression(&random, depth: depth - 1)))\(mark)"
        default:
            return atoms.randomElement(using: &random)! + ["", "", "*", "+", "?"].randomElement(
                using: &random)!
        }
    }

    @Test(arguments: [
        ("a(b", RegexSyntaxError.Kind.unclosedGroup, 1), ("a)b", .strayParenthesis, 1),
        ("(?a)", .unknownGroup, 0),
        ("[a", .unclosedClass, 0), ("[\\]", .unclosedClass, 0), ("[z-a]", .invertedRange("z-a"), 2),
        ("a|*b", .nothingToRepeat("*"), 2), ("^*", .nothingToRepeat("*"), 1), ("a{,2}", .numberExpected, 2),
        ("a{2,1}", .invertedRepeat(2, 1), 2), ("a{1", .braceExpected, 3),
        ("[[:foo:]]", .unknownClass("foo"), 1),
        ("\\", .nothingEscaped, 1), ("é", .beyondASCII, 0),
    ])
    func refusesWhatStapRefuses(pattern: String, kind: RegexSyntaxError.Kind, position: Int) {
        #expect(throws: RegexAutomatonError.syntax(RegexSyntaxError(kind: kind, position: position))) {
            try RegexAutomaton(parsing: Array(pattern.utf8))
        }
    }

    @Test func saysWhenAnExpressionIsTooLarge() {
        #expect(throws: RegexAutomatonError.size(.instructions(RegexProgram.sizeLimit))) {
            try RegexAutomaton(parsing: Array("(abc){12000}".utf8))
        }
        // The automaton must remember the last ten bytes.
        #expect(throws: RegexAutomatonError.size(.states(64))) {
            try RegexAutomaton(parsing: Array("a.{10}b".utf8), stateLimit: 64)
        }
    }

    @Test func countsNothingToBillionsAtOnce() throws {
        let automaton = try RegexAutomaton(parsing: Array("((){12000}){12000}a".utf8))
        #expect(automaton.matches(Array("ba".utf8)))
        #expect(!automaton.matches(Array("b".utf8)))
    }

    @Test func laysATableOutThatAnEngineCanWalk() throws {
        let automaton = try RegexAutomaton(parsing: Array("^5[0-9]".utf8))
        #expect(automaton.classes.count == 256)
        #expect(automaton.transitions.count == automaton.stateCount * automaton.classCount)
        #expect(automaton.transitions.allSatisfy { $0 < automaton.stateCount })
        #expect(automaton.classes.allSatisfy { $0 < automaton.classCount })
        let digits = Set("0123456789".utf8.map { automaton.classes[Int($0)] })
        #expect(digits.count == 2)
        let matched = Int(RegexAutomaton.matched)
        let row = automaton.transitions[matched * automaton.classCount..<(matched + 1) * automaton.classCount]
        #expect(row.allSatisfy { $0 == RegexAutomaton.matched })
        #expect(automaton.matchesAtEnd[matched])
    }
}
