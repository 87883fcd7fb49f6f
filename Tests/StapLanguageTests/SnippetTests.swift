import Diagnostics
import StapLanguage
import TestSupport
import Testing

/// One-line scripts, each one feature or one mistake, with stap -p1's verdict.
@Suite struct SnippetTests {
    struct Snippet {
        var isAccepted: Bool
        var mode: Corpus.Mode
        var text: String
    }

    static func snippets() throws -> [Snippet] {
        try Corpus.fixture("snippets.txt").map { line in
            let parts = line.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false).map(
                String.init)
            return Snippet(
                isAccepted: parts[0] == "accept", mode: Corpus.Mode(rawValue: parts[1]) ?? .guru,
                text: parts[2].replacing("⏎", with: "\n"))
        }
    }

    @Test func agreesWithStap() throws {
        let snippets = try Self.snippets()
        #expect(snippets.count(where: \.isAccepted) >= 150)
        #expect(snippets.count { !$0.isAccepted } >= 150)
        for snippet in snippets {
            let options = try Corpus.options(snippet.mode, withLibrary: false)
            let output = ScriptParser.analyze(
                SourceFile(name: "snippet", text: snippet.text), options: options)
            #expect(
                output.diagnostics.hasErrors != snippet.isAccepted,
                "\(snippet.mode) \(snippet.text)\n\(DiagnosticRenderer().render(output.diagnostics))")
            guard snippet.isAccepted, !output.diagnostics.hasErrors else { continue }
            let printed = ScriptPrinter.source(of: output.tree, name: "printed")
            let again = ScriptParser.analyze(printed, options: options)
            #expect(
                again.tree == output.tree && !again.diagnostics.hasErrors, "\(snippet.text)\n\(printed.text)")
        }
    }

    @Test func stapAcceptsWhatIsPrinted() throws {
        var generator = SeededGenerator()
        let seed = generator.seed
        for snippet in try Self.snippets().filter(\.isAccepted).shuffled(using: &generator).prefix(40) {
            let options = try Corpus.options(snippet.mode, withLibrary: false)
            let tree = try ScriptParser.parse(
                SourceFile(name: "snippet", text: snippet.text), options: options)
            let accepted = try Corpus.withFile(ScriptPrinter.text(of: tree)) { path, empty in
                try Corpus.stapAccepts(path, mode: snippet.mode, tapset: empty)
            }
            #expect(accepted, "\(snippet.text), seed \(seed)")
        }
    }

    @Test func theWrittenVerdictsAreStapsOwn() throws {
        var generator = SeededGenerator()
        let seed = generator.seed
        for snippet in try Self.snippets().shuffled(using: &generator).prefix(40) {
            let accepts = try Corpus.withFile(Array(snippet.text.utf8)) { path, empty in
                try Corpus.stapAccepts(path, mode: snippet.mode, tapset: empty)
            }
            #expect(accepts == snippet.isAccepted, "\(snippet.text), seed \(seed)")
        }
    }
}
