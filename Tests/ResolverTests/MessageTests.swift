import Diagnostics
import Foundation
import Resolver
import Testing

/// A script with one mistake, the text that is underlined and the sentence.
private let mistakes: [(script: String, place: String, message: String)] = [
    (
        "probe begin { if (\"x\" =~ \"a|\u{E9}\") println(1) }", "\"a|\u{E9}\"",
        "the regular expression holds a character beyond ASCII, on which SystemTap crashes"
    ),
    (
        "probe process(\"@S@\").function(\"visit\") { println($dept) }", "$dept",
        "'$dept' is not a variable of visit (did you mean '$depth'?)"
    ),
    (
        "probe process(\"@S@\").function(\"visit\") { n = pid() ? 1 : $dept println(n) }", "$dept",
        "'$dept' is not a variable of visit (did you mean '$depth'?)"
    ),
    (
        "probe process(\"@S@\").function(\"vist\") {}", "\"vist\"",
        "'vist' is not a function of shapes (did you mean 'visit'?)"
    ),
    (
        "probe process(\"@S@\").function(\"visit@shape.c\") {}", "\"visit@shape.c\"",
        "'visit' is not in a file 'shape.c' (did you mean 'shapes.c'?)"
    ),
    (
        "probe process(\"@S@\").function(\"twice\").call {}", "\"twice\"",
        "'twice' exists only inlined, expected no '.call'"
    ),
    (
        "probe process(\"@S@\").function(\"visit\").retrun {}", "retrun",
        "'.retrun' cannot follow 'function' (did you mean '.return'?)"
    ),
    (
        "probe process(\"@S@\").function(\"visit\") { println($node->nmae->len) }", "->nmae",
        "'nmae' is not a member of struct node (did you mean 'name'?)"
    ),
    (
        "probe process(\"@S@\").function(\"visit\") { println($node->id->x) }", "->x",
        "'->x' is applied to int, which has no such part"
    ),
    (
        "probe process(\"@S@\").function(\"visit\") { println($node->secret->x) }", "->x",
        "struct unknown is declared but nowhere defined"
    ),
    (
        "probe process(\"@S@\").function(\"visit\") { println($where) }", "$where",
        "'$where' is a whole struct point, expected a member such as '->x'"
    ),
    (
        "probe process(\"@S@\").function(\"nothing\").return { println($return) }", "$return",
        "'$return' has no value, nothing returns nothing"
    ),
    (
        "probe process(\"@S@\").function(\"visit\").return { println($return->x) }", "->x",
        "'->x' is applied to int, which has no such part"
    ),
    (
        "probe process(\"@S@\").function(\"visit\").call { println($return) }", "$return",
        "'$return' stands in a probe that is not a '.return' probe"
    ),
    (
        "probe process(\"@S@\").function(\"visit\").call { println(@entry($depth)) }", "@entry($depth)",
        "'@entry' stands in a probe that is not a '.return' probe"
    ),
    (
        "probe process(\"@S@\").function(\"visit\").return { println(@entry($dept)) }", "$dept",
        "'$dept' is not a variable of visit (did you mean '$depth'?)"
    ),
    (
        "probe process(\"@S@\").function(\"visit\") { println($$parm) }", "$$parm",
        "'$$parm' is not one of stap's own variables (did you mean '$$parms'?)"
    ),
    (
        "probe process(\"@S@\").function(\"visit\") { println(@var(\"heda@shapes.c\")) }",
        "\"heda@shapes.c\"",
        "'heda' is not a global variable of shapes in 'shapes.c' (did you mean 'head'?)"
    ),
    (
        "probe process(\"@S@\").function(\"visit\") { println(@var(\"head@shape.c\")) }", "\"head@shape.c\"",
        "'shape.c' is not a source file of shapes (did you mean 'shapes.c'?)"
    ),
    (
        "probe process(\"@S@\").function(\"visit\") { println(@cast($node, \"node_tt\")->id) }",
        "\"node_tt\"",
        "'node_tt' is not a type of shapes (did you mean 'node_t'?)"
    ),
    (
        "probe timer.s(1) { println($depth) }", "$depth",
        "'$depth' stands in a probe that has no target variables"
    ),
    (
        "probe process(\"@S@\").library(\"libc.so.7\").function(\"malloc\") {}", "\"libc.so.7\"",
        "'libc.so.7' is not a library that shapes loads (did you mean 'libc.so.6'?)"
    ),
    (
        "probe process(\"@S@\").function(\"_start\") { println($x) }", "$x",
        "'$x' cannot be looked up, _start has no debug information"
    ),
    (
        "probe process(\"@O@\").function(\"finalize\") { println(&$rc) }", "&$rc",
        "'$rc' is in a register, which has no address"
    ),
    (
        "probe process(\"/nowhere/x\").function(\"visit\") {}", "\"/nowhere/x\"",
        "'/nowhere/x' does not exist"
    ),
    (
        "probe process(\"/dev/zero\").function(\"visit\") {}", "\"/dev/zero\"",
        "'/dev/zero' is a character device, expected an executable file"
    ),
    (
        "probe process(\"@S@-stripped\").function(\"visit\") {}", "\"@S@-stripped\"",
        "'@S@-stripped' has no debug information"
    ),
]

@Test(arguments: mistakes.indices) func aMistakeIsToldAtItsPlace(_ index: Int) throws {
    let mistake = mistakes[index]
    let programs = try Programs.shared.get()
    let complaints = try programs.complaints(mistake.script)
    #expect(complaints.map(\.message) == [programs.script(mistake.message)])
    #expect(complaints.first?.range?.text == programs.script(mistake.place))
}

@Test func allMistakesAreToldAtOnceInTheirOrder() throws {
    let complaints = try Programs.shared.get().complaints(
        """
        probe process("@S@").function("vist") { println(1) }
        probe process("@S@").function("visit") { println($dept, $node->nmae, $node->name->lne) }
        probe process("/nowhere/x").function("f") { println(1) }
        """)
    #expect(complaints.map { $0.range?.text } == ["\"vist\"", "$dept", "->nmae", "->lne", "\"/nowhere/x\""])
}

@Test func whatTheOptimizerTookAwayIsSaidWithTheWayAroundIt() throws {
    let complaints = try Programs.shared.get().complaints(
        "probe process(\"@O@\").function(\"finalize\") { println($kept) }")
    #expect(complaints.count == 1)
    #expect(
        complaints.first?.message.contains(#/^'\$kept' has no value at 0x[0-9a-f]+ in finalize$/#) == true)
    #expect(
        complaints.first?.notes.map(\.message)
            == [
                "it has a value in lines 21-25",
                "to do without it where it is missing, write '@defined($kept) ? $kept : …'",
            ])
}

@Test func aMistakeMetAtManyAddressesIsToldOnce() throws {
    let complaints = try Programs.shared.get().complaints(
        "probe process(\"@S@\").function(\"*i*@shapes.c\") { println($nope) }")
    #expect(complaints.count == 1)
    #expect(complaints.first?.notes.contains { $0.message.hasPrefix("the same in ") } == true)
}

@Test func theVariablesThereAreAreListed() throws {
    let complaints = try Programs.shared.get().complaints(
        "probe process(\"@S@\").function(\"find\") { println($nope) }")
    let note = complaints.first?.notes.first?.message ?? ""
    #expect(note.hasPrefix("variables of find: $start, $id"), "\(note)")
}

@Test func aBinaryWithoutDebugInfoSaysHowToGetIt() throws {
    let complaints = try Programs.shared.get().complaints(
        "probe process(\"@S@-stripped\").function(\"visit\") {}")
    #expect(complaints.first?.notes.isEmpty == false)
}
