import Testing

@testable import Regexes

/// Where groups match, held against the automata that stap makes.
@Suite struct RegexGroupsTests {
    /// Expressions in which no text can be shared out among the groups in two ways.
    static let patterns = [
        "([a-z]+)=([a-z]+)", "([0-9]*)(x[0-9a-f]+)?", "(foo|bar)+", "b*", "x(y)?z", "^([a-z]+)", "o(.*)o",
        "[0-9]+",
        "a|ab", "(a+)(b|$)", "(^a|b)(.)", "(key)|(value)", "((a)b)+",
    ]
    static let texts = [
        "key=value; other", "abcd", "aab", "xaxbx", "foobarfoo", "abab", "", "plain", "two words", "42",
        "0x1f", "aaab",
        "xyz xz", "bba", "foo boo", "ab", "cab", "value key",
    ]

    @Test func theyAreWhereStapFindsThem() throws {
        let verdicts = try StapRegexOracle.groups(Self.patterns, Self.texts)
        for (pattern, found) in zip(Self.patterns, verdicts) {
            let groups = try RegexGroups(parsing: Array(pattern.utf8))
            for (text, expected) in zip(Self.texts, found) {
                let bytes = Array(text.utf8)
                let ours = groups.match(bytes).map { places in
                    places.map { $0.map { String(decoding: bytes[$0], as: UTF8.self) } ?? "" }
                }
                #expect(ours == expected, "\(pattern) in '\(text)'")
            }
        }
    }

    @Test func theLongestOfTheLeftmostMatchesCounts() throws {
        let groups = try RegexGroups(parsing: Array("a|ab|bcdef".utf8))
        #expect(groups.match(Array("xabcdef".utf8)) == [1..<3])
        #expect(groups.match(Array("xyz".utf8)) == nil)
    }

    /// Every thread is followed once a byte, whatever the expression says.
    @Test func nestedRepetitionsCostNoMoreThanOthers() throws {
        let groups = try RegexGroups(parsing: Array("(a*)*(a*)*(a*)*b".utf8))
        #expect(groups.match(Array(repeating: UInt8(ascii: "a"), count: 2000)) == nil)
    }
}
