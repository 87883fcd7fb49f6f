import Diagnostics
import Testing

@Test func aRangeIsShownWithACaretUnderItsWholeLength() {
    let source = SourceFile(name: "a.yaml", text: "name: x\n\tscript: $rcx\n")
    let range = source.range(17, 21)
    let diagnostic = Diagnostic.error("'$rcx' is not a variable", at: range, notes: ["look"])
    #expect(
        DiagnosticRenderer().render(diagnostic) == """
            a.yaml:2:10: error: '$rcx' is not a variable
             2 |  script: $rcx
               |          ^~~~
              note: look

            """)
}

@Test func aRangeOfGeneratedTextIsShownWhereItCameFrom() {
    let yaml = SourceFile(name: "r.yaml", text: "script: |\n    a {{x}} b\n")
    let script = SourceFile(name: "<expanded script>", text: "a 12345 b\n")
    let map = SourceMap(
        generated: script,
        segments: [
            .init(generatedLower: 0, generatedUpper: 2, original: yaml.range(14, 16), isVerbatim: true),
            .init(generatedLower: 2, generatedUpper: 7, original: yaml.range(16, 21), isVerbatim: false),
            .init(generatedLower: 7, generatedUpper: 10, original: yaml.range(21, 24), isVerbatim: true),
        ])
    #expect(map.original(of: script.range(3, 5)) == yaml.range(16, 21))
    #expect(map.original(of: script.range(8, 9)) == yaml.range(22, 23))
    #expect(map.original(of: script.range(0, 9)) == yaml.range(14, 23))
    let text = DiagnosticRenderer(sourceMap: map).render(.error("bad", at: script.range(8, 9)))
    #expect(text.contains("r.yaml:2:13: error: bad"))
    #expect(text.contains("expanded to: a 12345 b"))
}

@Test(arguments: [
    ("rcx", ["rc", "r", "reason"], ["rc"]),
    ("min_status", ["min-status", "host", "binary"], ["min-status"]),
    ("zzz", ["rc", "host"], []),
    (
        "ngx_http_finalise_request", ["ngx_http_finalize_request", "ngx_http_free_request"],
        ["ngx_http_finalize_request"]
    ),
])
func theNearestNamesComeFirst(name: String, candidates: [String], expected: [String]) {
    #expect(Likeness.nearest(to: name, among: candidates, limit: 1) == expected)
}

@Test func controlCharactersNeverReachTheTerminal() {
    let source = SourceFile(name: "a", bytes: [0x1B, 0x5B, 0x33, 0x31, 0x6D, 0x00, 0xFF, 0x0A])
    let text = DiagnosticRenderer().render(.error("x", at: source.range(0, 1)))
    #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
}
