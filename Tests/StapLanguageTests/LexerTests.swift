import Diagnostics
import StapLanguage
import Testing

@Suite struct LexerTests {
    private func lex(_ text: String, _ options: Lexer.Options = .init()) -> Lexer.Output {
        Lexer.lex(SourceFile(name: "s", text: text), options: options)
    }

    @Test(arguments: [
        ("a+++b", ["a", "++", "+", "b"]), ("a<<<b", ["a", "<<<", "b"]), ("$x->y$$", ["$x", "->", "y$$"]),
        ("@count(x)", ["@count", "(", "x", ")"]),
        ("%( 1 %? 2 %: 3 %)", ["%(", "1", "%?", "2", "%:", "3", "%)"]),
        ("$1x @2", ["$1", "x", "@2"]), ("$# @#", ["$#", "@#"]),
        ("a // b\nc # d\n/* e */ f", ["a", "c", "f"]),
        ("a=~b", ["a", "=~", "b"]), ("1.5", ["1", ".", "5"]), ("{{x}}", ["{", "{", "x", "}", "}"]),
    ])
    func cutsIntoTokens(_ text: String, _ spellings: [String]) {
        #expect(lex(text).tokens.dropLast().map(\.text) == spellings)
    }

    @Test func rangesAreExactAndCoverEveryByteButSpaceAndComments() throws {
        for verdict in try Corpus.verdicts().prefix(200) {
            let source = try Corpus.source(verdict.path)
            var options = Lexer.Options()
            options.keepsComments = true
            var end = 0
            for token in Lexer.lex(source, options: options).tokens {
                #expect(token.range.lower >= end)
                let between = source.bytes[end..<token.range.lower]
                #expect(between.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }, "\(verdict.path)")
                end = token.range.upper
            }
            #expect(end == source.bytes.count)
        }
    }

    @Test(
        arguments: [
            (#""a\tb""#, [0x61, 0x09, 0x62]), (#""\x41\101\0""#, [0x41, 0x41, 0]),
            (#""\q\"\\""#, [0x71, 0x22, 0x5C]),
            (#""é""#, [0xC3, 0xA9]), ("\"a\\\nb\"", [0x61, 0x0A, 0x62]),
        ] as [(String, [UInt8])])
    func decodesStrings(_ text: String, _ bytes: [UInt8]) {
        #expect(lex(text).tokens[0].kind == .string(bytes))
    }

    @Test(
        arguments: [
            ("10", 10), ("0x1F", 31), ("010", 8), ("0", 0), ("18446744073709551615", -1),
            ("9223372036854775808", Int64.min),
        ] as [(String, Int64)])
    func readsNumbers(_ text: String, _ value: Int64) {
        #expect(lex(text).tokens[0].kind == .number(value))
        #expect(lex(text).diagnostics.isEmpty)
    }

    @Test(arguments: [
        "0x", "08", "1a", "18446744073709551616", "0x1ffffffffffffffff", "\"open", "%{ open", "é",
    ])
    func tellsOfWhatIsNoToken(_ text: String) { #expect(lex(text).diagnostics.hasErrors) }

    // MARK: - Templates

    @Test func knowsWhereEachPlaceholderStands() {
        let text = """
            # {{in-comment}}
            probe process("{{path}}").function({{name}}) { // {{#if x}}
            if (h =~ "^{{host}}$" "{{more}}" && h !~ {{pattern}}) x = %{ {{c}} %} {{/if}} y = "{{str}}" }
            """
        let placeholders = lex(text, .template).tokens.flatMap(\.placeholders)
        #expect(
            placeholders.map { "\($0.range.text) \($0.context)" } == [
                "{{in-comment}} comment", "{{path}} string", "{{name}} code", "{{#if x}} comment",
                "{{host}} regex",
                "{{more}} regex", "{{pattern}} regex", "{{c}} embeddedC", "{{/if}} code", "{{str}} string",
            ])
        #expect(placeholders[3].kind == .blockStart(name: "x", negated: false))
        #expect(placeholders[8].kind == .blockEnd(negated: false))
    }

    @Test(arguments: [
        ("{{ x }}", Placeholder.Kind.value(name: "x")),
        ("{{#unless a-b}}", .blockStart(name: "a-b", negated: true)),
        ("{{/unless}}", .blockEnd(negated: true)), ("{{#each x}}", .unknown("#each x")),
        ("{{#if}}", .unknown("#if")),
    ])
    func recognizesEachKind(_ text: String, _ kind: Placeholder.Kind) {
        #expect(lex(text, .template).tokens[0].placeholders.map(\.kind) == [kind])
    }

    @Test(arguments: ["{ {x} }", "{{x;}}", "{{}}", "{{x\n}}", "{{/* x */}}", "{{1}}"])
    func leavesBracesThatAreNoPlaceholder(_ text: String) {
        #expect(lex(text, .template).tokens.allSatisfy { $0.placeholders.isEmpty })
    }

    @Test func marksTheTextOfMacros() {
        let tokens = lex("@define m(a) %( {{x}} %( 1==1 %? y %) z %) w {{v}}", .template).tokens
        let marked = tokens.filter(\.isMacroText).map(\.range.text)
        #expect(marked.contains("{{x}}") && marked.contains("y") && marked.contains("z"))
        #expect(!marked.contains("w") && !marked.contains("{{v}}"))
    }
}
