import Diagnostics
import StapLanguage
import TestSupport
import Testing

/// The parser held against stap -p1: Scripts/renew-p1-verdicts asks it and writes down what it says.
@Suite struct CorpusTests {
    @Test func agreesWithStapOnTheInstalledScripts() throws {
        let verdicts = try Corpus.verdicts()
        #expect(verdicts.count > 780, "the verdict file is cut: run Scripts/renew-p1-verdicts")
        var disagreements: [String] = []
        for verdict in verdicts {
            let source = try Corpus.source(verdict.path)
            guard Corpus.digest(source.bytes) == verdict.digest else {
                Issue.record(
                    "\(verdict.path) is not the file that stap was asked about: run Scripts/renew-p1-verdicts"
                )
                continue
            }
            let output = ScriptParser.analyze(source, options: try Corpus.options(verdict.mode))
            if output.diagnostics.hasErrors == verdict.isAccepted {
                disagreements.append(
                    "\(verdict): stap \(verdict.isAccepted ? "accepts" : "refuses")\n"
                        + DiagnosticRenderer().render(Array(output.diagnostics.prefix(1))))
            }
        }
        #expect(disagreements.isEmpty, "\(disagreements.joined(separator: "\n"))")
    }

    @Test func printingAndParsingAgainGivesTheSameTree() throws {
        var checked = 0
        for verdict in try Corpus.verdicts() where verdict.isAccepted {
            let options = try Corpus.options(verdict.mode)
            let tree = try ScriptParser.parse(Corpus.source(verdict.path), options: options)
            let printed = ScriptPrinter.source(of: tree, name: verdict.path + " (printed)")
            let again = ScriptParser.analyze(printed, options: options)
            #expect(
                !again.diagnostics.hasErrors,
                "\(verdict)\n\(DiagnosticRenderer().render(Array(again.diagnostics.prefix(1))))")
            #expect(again.tree == tree, "\(verdict)")
            checked += 1
        }
        #expect(checked > 700)
    }

    /// Stap dumps a script and what is printed for it alike, so the tree says what the script said.
    @Test func printingKeepsWhatStapReads() throws {
        var generator = SeededGenerator()
        let seed = generator.seed
        var compared = 0
        for verdict in try Corpus.verdicts().filter(\.isAccepted).shuffled(using: &generator)
        where compared < 12 {
            let source = try Corpus.source(verdict.path)
            // Stap dumps escapes as they were written, which a tree does not keep.
            if try source.text.contains(Regex(#"\\[0-7xabvfr]"#)) { continue }
            let tree = try ScriptParser.parse(source, options: Corpus.options(verdict.mode))
            let dumps = try [source.bytes, ScriptPrinter.text(of: tree)].map { bytes in
                try Corpus.withFile(bytes) { path, _ in try Corpus.stapDump(path, mode: verdict.mode) }
            }
            #expect(dumps[0] != nil && dumps[0] == dumps[1], "\(verdict), seed \(seed)")
            compared += 1
        }
        #expect(compared == 12)
    }

    /// The verdict file cannot have grown stale unnoticed: a random part of it is asked again every time.
    @Test func theWrittenVerdictsAreStapsOwn() throws {
        var generator = SeededGenerator()
        let seed = generator.seed
        let verdicts = try Corpus.verdicts()
        let refused = verdicts.filter { !$0.isAccepted }.shuffled(using: &generator).prefix(5)
        for verdict in verdicts.shuffled(using: &generator).prefix(10) + refused {
            // A copy, because stap refuses a tapset's own file as a script whatever is in it.
            let accepts = try Corpus.withFile(Corpus.source(verdict.path).bytes) { path, _ in
                try Corpus.stapAccepts(path, mode: verdict.mode)
            }
            #expect(accepts == verdict.isAccepted, "\(verdict), seed \(seed)")
        }
    }

    @Test func agreesWithStapOnDamagedScripts() throws {
        let rows = try Corpus.fixture("mutants.txt")
        #expect(rows.count >= 60)
        for row in rows {
            let parts = row.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            var bytes = try Corpus.source(parts[2]).bytes
            let lower = try #require(Int(parts[3]))
            let upper = try #require(Int(parts[4]))
            let hex = Array(parts[5].utf8)
            let inserted = stride(from: 0, to: hex.count, by: 2).compactMap {
                UInt8(String(decoding: hex[$0..<($0 + 2)], as: UTF8.self), radix: 16)
            }
            bytes.replaceSubrange(lower..<upper, with: inserted)
            let output = ScriptParser.analyze(
                SourceFile(name: parts[2], bytes: bytes), options: try Corpus.options(.guru))
            #expect(
                output.diagnostics.hasErrors == (parts[0] == "refuse"),
                "\(row)\n\(DiagnosticRenderer().render(Array(output.diagnostics.prefix(1))))")
        }
    }
}
