import BinaryMutants
import DebugInfo
import Glibc
import TestSupport
import Testing

@Suite("Patterns match as fnmatch and stap do")
struct PatternTests {
    @Test("globs agree with fnmatch on random patterns")
    func globs() {
        let seed: UInt64 = 0x5EED_0001
        var random = SeededGenerator(seed: seed)
        let patternAlphabet = Array("ab*?[]!-c\\")
        for _ in 0..<50_000 {
            let pattern = String(
                (0..<Int.random(in: 0...7, using: &random)).map { _ in
                    patternAlphabet.randomElement(using: &random)!
                })
            let name = String(
                (0..<Int.random(in: 0...6, using: &random)).map { _ in
                    Array("abc-").randomElement(using: &random)!
                })
            // What an unfinished bracket or escape means differs between C libraries.
            guard isPlain(pattern) else { continue }
            let expected = fnmatch(pattern, name, 0) == 0
            let glob = Glob(pattern)
            #expect(
                glob.matches(name) == (glob.isPattern ? expected : pattern == name),
                "'\(pattern)' '\(name)' seed \(seed)")
        }
    }

    /// Whether brackets hold only letters and ranges, and nothing is escaped.
    private func isPlain(_ pattern: String) -> Bool {
        guard !pattern.contains("\\") else { return false }
        var rest = Substring(pattern)
        while let open = rest.firstIndex(of: "[") {
            var inside = rest[rest.index(after: open)...]
            if inside.first == "!" { inside = inside.dropFirst() }
            guard let close = inside.firstIndex(of: "]"), close > inside.startIndex,
                inside[..<close].allSatisfy({ "abc".contains($0) })
            else { return false }
            rest = inside[inside.index(after: close)...]
        }
        return true
    }

    @Test("a pattern that would take a backtracking matcher for ever ends")
    func hostile() {
        let pattern = String(repeating: "*a", count: 200) + "b"
        #expect(!Glob(pattern).matches(String(repeating: "a", count: 5000)))
    }

    @Test("probe point strings")
    func parts() throws {
        let whole = try #require(FunctionPattern("a::b::c*@src/x.c:12-20"))
        #expect(whole.scopes.map(\.text) == ["a", "b"] && whole.name.text == "c*")
        #expect(whole.file?.text == "src/x.c" && whole.lines == .list([12...20]))
        #expect(FunctionPattern("f@x.c:7")?.lines == .line(7))
        #expect(FunctionPattern("f@x.c:*")?.lines == .all)
        #expect(FunctionPattern("f@x.c+3")?.lines == .relative(3))
        #expect(FunctionPattern("f@x.c:7,1-3")?.lines == .list([1...3, 7...7]))
        #expect(FunctionPattern("f@x.c:9-3")?.lines == .list([]))
        for wrong in ["f@x.c:", "f@x.c:a", "f@x.c:1,a", "f@x.c:99999999999999999999", "", "f@", "@x.c"] {
            #expect(FunctionPattern(wrong) == nil, "\(wrong)")
        }
        let file = FunctionPattern(name: "f", file: "http/x.c")
        #expect(file.matchesFile("src/http/x.c") && file.matchesFile("http/x.c"))
        #expect(!file.matchesFile("srchttp/x.c") && !file.matchesFile("http/x.c2"))
    }
}
