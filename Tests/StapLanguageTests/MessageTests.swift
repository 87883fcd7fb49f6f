import Diagnostics
import StapLanguage
import Testing

/// Messages as a person sees them.
@Suite struct MessageTests {
    private func messages(_ text: String, _ options: ScriptParser.Options = .init()) -> String {
        DiagnosticRenderer().render(
            ScriptParser.analyze(SourceFile(name: "x.stp", text: text), options: options).diagnostics)
    }

    @Test(arguments: [
        ("probe begin { x = }", "found '}', expected an expression"),
        ("probe begin { if x { } }", "found 'x', expected '('"),
        (
            "probe begin { x = @coutn(y) }",
            "'@coutn' is neither an operator nor a macro (did you mean '@count'?)"
        ),
        ("probe begin { foreach (a in b @sum) c }", "found ')', expected '+' or '-'"),
        ("global x, y, x", "global 'x' is declared twice"),
        ("global a[10] = 5", "array 'a' has an initial value, expected one only for scalars"),
        ("%{ int x; %}", "embedded C in a script without guru mode"),
        ("probe begin { return 1 }", "'return' in a probe, expected it in a function"),
        ("probe begin { printf(\"%q\", 1) }", "conversion '%q' is unknown"),
        ("probe begin {", "found the end of the script, expected a statement or '}'"),
        ("probe begin { x = \"abc }", "string literal is not closed"),
        ("%( kernle_v > \"2\" %? global x %)", "found 'kernle_v', expected arch, kernel_v"),
        (
            "%( 0x10 == 16 %? global x %)",
            "'0x10' in a condition, expected a decimal number of at most 64 bits"
        ),
        ("%( kernel_v >= \"6.*\" %? global x %)", "found '>=', expected '==' or '!='"),
        ("", "script is empty"),
    ])
    func saysWhatWasFoundAndWhatWasExpected(_ text: String, _ words: String) {
        #expect(messages(text).contains(words), "\(messages(text))")
    }

    @Test func pointsAtTheConversion() {
        #expect(
            messages("probe begin { printf(\"a %q b\", 1) }") == """
                x.stp:1:25: error: conversion '%q' is unknown, expected one of %b %c %d %i %m %M %o %p %s %u %x %X %%
                 1 | probe begin { printf("a %q b", 1) }
                   |                         ^~

                """)
    }

    @Test func reportsTheMistakesOfEveryProbe() {
        let text = "probe a { x = }\nprobe b { y }\nprobe c { ( }\nglobal g\nfunction f( { }\nglobal g"
        let found = ScriptParser.analyze(SourceFile(name: "x.stp", text: text))
        #expect(found.diagnostics.map { $0.range?.start.line } == [1, 3, 5, 6])
        #expect(found.tree.items.count == 3)
    }

    @Test func placesWhatAMacroBringsAtItsCall() {
        let text = "@define bad %( x = = %)\nprobe a {\n  @bad\n}"
        let found = ScriptParser.analyze(SourceFile(name: "x.stp", text: text))
        #expect(found.diagnostics.first?.range?.start.line == 3)
    }

    @Test func letsMacrosOfATapsetDoWhatItsScriptsMayNot() throws {
        let library = try MacroLibrary(
            [SourceFile(name: "m.stpm", text: "@define c %( %{ 1 %} %)")], facts: PreprocessorFacts())
        #expect(messages("probe a { x = @c }", .init(macros: library)).isEmpty)
        #expect(messages("probe a { x = %{ 1 %} }", .init(isTapset: true)).isEmpty)
    }
}
