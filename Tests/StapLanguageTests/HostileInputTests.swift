import Diagnostics
import Foundation
import StapLanguage
import TestSupport
import Testing

/// Input that is meant to hurt: each gets an error or a tree, never a crash.
@Suite struct HostileInputTests {
    private func analyze(_ text: String) -> ScriptParser.Output {
        ScriptParser.analyze(
            SourceFile(name: "hostile", text: text),
            options: .init(facts: PreprocessorFacts(guru: true, arguments: ["$1", "\"", "@m"])))
    }

    @Test(arguments: [
        "probe a { x = " + String(repeating: "(", count: 100_000),
        "probe a { x = " + String(repeating: "(", count: 5000) + "1" + String(repeating: ")", count: 5000)
            + " }",
        "probe a { " + String(repeating: "{", count: 100_000),
        "probe a { " + String(repeating: "if (1) ", count: 50_000) + "; }",
        "probe a { " + String(repeating: "if (1) x else ", count: 50_000) + "; }",
        "probe a { x = " + String(repeating: "-", count: 100_001).map { "\($0) " }.joined() + "1 }",
        "probe a { x = " + String(repeating: "1 + ", count: 100_000) + "1 }",
        "probe a { x = " + String(repeating: "1 ? 2 : ", count: 100_000) + "1 }",
        "probe a { x " + String(repeating: "= x ", count: 100_000) + "}",
        "probe a { x = $y" + String(repeating: "->z", count: 100_000) + " }",
        "probe a { x = $y" + String(repeating: "[1]", count: 100_000) + " }",
        "probe a { x = " + String(repeating: "a[", count: 100_000),
        "probe a { x = " + String(repeating: "f(", count: 100_000),
        "probe " + String(repeating: "{", count: 100_000),
        "probe " + String(repeating: "{a,b}.", count: 64) + "c {}",
        "@define m %( @m %) @m", "@define a %( @b %) @define b %( @a %) @a",
        "@define m(a) %( @a %) @m(" + String(repeating: "@m(", count: 10_000)
            + String(repeating: ")", count: 10_001),
        (0..<40).map { "@define m\($0 + 1) %( @m\($0) @m\($0) %)" }.joined(separator: "\n")
            + " @define m0 %( x %) global @m40",
        String(repeating: "%( 1==2 %? ", count: 100_000), String(repeating: "%( 1==1 %? ", count: 100_000),
        "global x = $1", "global x = $2", "global x = $3", "global x = $99999999999999999999999",
        "probe a { printf(\"%\") printf(\"%99999999999999999999999d\") printf(\"%-\") }", "\0\0\0", "%(",
        "%( %(", "@define",
        "@define m(", "probe a { x = \"\\", "probe a { x = \"\\x", "$", "@", "%{", "/*",
    ])
    func isAnswered(_ text: String) {
        let output = analyze(text)
        #expect(output.diagnostics.hasErrors || text.contains("printf"))
        _ = DiagnosticRenderer().render(Array(output.diagnostics.prefix(3)))
    }

    @Test func whatIsJustWithinTheLimitsIsWalkedPrintedAndCompared() throws {
        let texts = [
            "probe a { x = " + String(repeating: "(", count: 110) + "1" + String(repeating: ")", count: 110)
                + " }",
            "probe a { x = 1" + String(repeating: " + 1", count: 990) + " }",
            "probe a { x = " + String(repeating: "f(", count: 100) + "1" + String(repeating: ")", count: 100)
                + String(repeating: " . y", count: 900) + " }",
            "probe a { " + String(repeating: "if (1) x else ", count: 990) + "; }",
        ]
        for text in texts {
            let options = ScriptParser.Options()
            let tree = try ScriptParser.parse(SourceFile(name: "deep", text: text), options: options)
            var count = 0
            tree.walkExpressions { _ in
                count += 1
                return true
            }
            #expect(count >= 3)
            let printed = ScriptPrinter.source(of: tree, name: "printed")
            let again = ScriptParser.analyze(printed, options: options)
            #expect(again.tree == tree)
        }
    }

    /// Damages real scripts at random; what parses must also survive printing.
    @Test func randomDamageNeverCrashesAndWhatParsesPrints() throws {
        var generator = SeededGenerator()
        let seed = generator.seed
        let paths = try Corpus.verdicts().map(\.path)
        let options = try Corpus.options(.args)
        var parsed = 0
        for round in 0..<150 {
            let path = paths.randomElement(using: &generator) ?? ""
            let source = try Corpus.source(path)
            guard source.bytes.count < 30_000 else { continue }
            let tokens = Lexer.lex(source).tokens.dropLast()
            guard let victim = tokens.randomElement(using: &generator),
                let donor = tokens.randomElement(using: &generator)
            else { continue }
            var bytes = source.bytes
            let inserted: [UInt8] =
                switch round % 4 {
                case 0: []
                case 1: Array(donor.range.text.utf8)
                case 2: [UInt8.random(in: 0...255, using: &generator)]
                default: Array(victim.range.text.utf8) + [0x20] + Array(donor.range.text.utf8)
                }
            bytes.replaceSubrange(victim.range.lower..<victim.range.upper, with: inserted)
            let output = ScriptParser.analyze(SourceFile(name: path, bytes: bytes), options: options)
            guard !output.diagnostics.hasErrors else { continue }
            parsed += 1
            let printed = ScriptPrinter.source(of: output.tree, name: "printed")
            let again = ScriptParser.analyze(printed, options: options)
            #expect(again.tree == output.tree, "\(path), seed \(seed), round \(round)")
        }
        #expect(parsed > 0, "seed \(seed)")
    }
}
