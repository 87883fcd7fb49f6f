import Diagnostics
import Foundation
import Resolver
import StapLanguage
import Testing

/// A script with one mistake in its names or types, the text that is underlined and the sentence.
private let mistakes: [(script: String, place: String, message: String)] = [
    (
        "println(strlne(\"a\"))", "strlne",
        "'strlne' is not a function of the script or the tapset (did you mean 'strlen'?)"
    ),
    ("println(strlen(\"a\", 1))", "strlen", "'strlen' takes 1 argument, found 2"),
    ("println(pid(5))", "pid", "'pid' takes no arguments, found 1"),
    ("println(strlen(5))", "5", "'s' of 'strlen' takes a string, found an integer"),
    ("println(pid() . \"x\")", "pid()", "found an integer, expected a string"),
    ("println(1 + \"a\")", "\"a\"", "found a string, expected an integer"),
    ("println(sprint(1) + 1)", "sprint(1)", "found a string, expected an integer"),
    ("printf(\"%d\\n\", \"a\")", "\"a\"", "'%d' takes an integer, found a string"),
    ("printf(\"%-8s|\\n\", 5)", "5", "'%-8s' takes a string, found an integer"),
    ("printf(\"%*d\\n\", \"a\", 5)", "\"a\"", "'*' in a format takes an integer, found a string"),
    (
        "printf(\"%d %d\\n\", 5)", "printf(\"%d %d\\n\", 5)",
        "the format of 'printf' takes 2 arguments, found 1"
    ),
    ("x = \"a\"; x++; println(x)", "x", "'x' is a string, found it where an integer is needed"),
    ("arr[1] = 5; println(arr)", "arr", "'arr' is an array of one index, found without an index"),
    ("arr[1] = 5; println(arr[1, 2])", "arr", "'arr' takes one index, found 2"),
    ("arr[1] = 5; println(arr[\"x\"])", "\"x\"", "index 1 of 'arr' is an integer, found a string"),
    ("own[1] = 5", "own", "'own' is used as an array but is not declared 'global'"),
    ("println(coutn); count = 5", "coutn", "'coutn' is never given a value (did you mean 'count'?)"),
    ("println(nothing())", "nothing()", "'nothing' returns nothing that could be used here"),
    ("println(twice(\"x\"))", "\"x\"", "'a' of 'twice' takes an integer, found a string"),
    (
        "stat <<< 1; println(stat + 1)", "stat",
        "'stat' is a statistic, expected an extractor such as '@count(stat)'"
    ),
    ("own <<< 1; println(@count(own))", "own", "'own' is used as a statistic but is not declared 'global'"),
    (
        "arr[1] = 5; foreach (i in arr @sum+) println(i)", "arr",
        "'arr' holds no statistics that could be sorted by"
    ),
    ("println(\"a\" =~ \"b(\")", "\"b(\"", "'(' at byte 2 of the regular expression is not closed"),
    ("println(arr[*])", "arr[*]", "found '*' as an index, which only 'delete' and 'in' take"),
    ("pid() = 5", "pid()", "expected something that can be assigned to"),
    ("delete pid()", "pid()", "only a variable or an array's element can be deleted"),
    ("break", "break", "'break' stands outside a loop"),
]

private func script(_ body: String) -> String {
    """
    global arr, stat, other
    function nothing() { println(1) }
    function twice(a:long) { return a * 2 }
    probe begin { \(body) }
    probe end { println(2) }
    """
}

@Test(arguments: mistakes.indices) func aWrongNameOrTypeIsToldAtItsPlace(_ index: Int) throws {
    let mistake = mistakes[index]
    let complaints = try Programs.shared.get().complaints(script(mistake.script)).filter {
        $0.severity == .error
    }
    #expect(complaints.map(\.message) == [mistake.message])
    #expect(complaints.first?.range?.text == mistake.place)
}

@Test func severalWrongTypesAreToldAtOnce() throws {
    let complaints = try Programs.shared.get().complaints(
        "probe begin { printf(\"%d\\n\", \"a\"); println(strlen(5)); println(pid() . \"x\") }")
    #expect(complaints.map { $0.range?.text } == ["\"a\"", "5", "pid()"])
}

@Test func whereATypeWasFirstSeenIsANote() throws {
    let complaints = try Programs.shared.get().complaints("probe begin { x = \"a\"; x = 1; println(x) }")
    #expect(complaints.first?.notes.first?.message == "it is a string here")
    #expect(complaints.first?.notes.first?.range?.start.column == 15)
}

@Test func aMisspeltVariableOrMemberHasAFix() throws {
    let complaints = try Programs.shared.get().complaints(
        "probe process(\"@S@\").function(\"visit\") { println($dept, $node->nmae) }")
    #expect(complaints.map { $0.fixIt?.replacement } == ["$depth", "->name"])
}

@Test func aMisspeltFunctionHasAFix() throws {
    let complaints = try Programs.shared.get().complaints("probe begin { print_ubacktrcae() }")
    #expect(complaints.first?.fixIt?.replacement == "print_ubacktrace")
}

@Test(arguments: [
    ("global last probe process.function(\"nowhere\") { last = pid() } probe end { println(last) }", 1),
    (
        "global by probe process.function(\"nowhere\") { by[1] <<< 1 } probe end { foreach (k in by @sum+) println(k) }",
        1
    ),
    (
        "global last function note(v) { last = v } probe process.function(\"nowhere\") { note(pid()) } probe end { println(last) }",
        1
    ),
    (
        "global last, lost probe process.function(\"nowhere\") { last = pid() } probe end { println(last, lost) }",
        2
    ),
    (
        "global last probe process.function(\"nowhere\")? { last = pid() } probe begin { println(1) } probe end { println(last) }",
        1
    ),
]) func whatAMissingProbeWouldGiveAValueIsNoFurtherMistake(_ script: String, _ count: Int) throws {
    let text = script.replacing("process.", with: "process(\"/bin/true\").")
    let tree = try ScriptParser.parse(SourceFile(name: "script", text: text))
    var messages: [String] = []
    do { _ = try Resolver.resolve(tree) } catch {
        messages = error.diagnostics.filter { $0.severity == .error }.map(\.message)
    }
    #expect(messages.count == count, "\(messages)")
    if count == 2 {
        #expect(messages.contains("'lost' is never given a value (did you mean 'last'?)"), "\(messages)")
    }
}

@Test func aVariableThatIsReadButNeverSetIsAWarning() throws {
    let script = try Programs.shared.get().resolve("probe begin { count = 1; println(coutn + count) }")
    #expect(
        script.warnings.map(\.message) == ["'coutn' is read but never given a value (did you mean 'count'?)"])
}

@Test func whatATapsetsAliasSetsIsKnown() throws {
    let programs = try Programs.shared.get()
    #expect(try programs.complaints("probe scheduler.ctxswitch { println(next_pid + 1) }").isEmpty)
    let complaints = try programs.complaints("probe syscall.openat { println(filename + 1) }")
    #expect(complaints.count == 1 && complaints[0].range?.text == "filename")
}

@Test func withoutATapsetAnAliasNamesThePackageAndFunctionsAreNotJudged() throws {
    func complaints(_ text: String) -> [Diagnostic] {
        do throws(DiagnosticsError) {
            let tree = try ScriptParser.parse(SourceFile(name: "case", text: text))
            _ = try Resolver.resolve(tree)
            return []
        } catch {
            return error.diagnostics
        }
    }
    #expect(complaints("probe begin { println(strlne(\"a\")) }").isEmpty)
    #expect(complaints("probe begin { x = user_string(1); println(x) }").isEmpty)
    let found = complaints("probe syscall.open { println(1) }")
    #expect(
        found.map(\.message) == [
            "'syscall.open' is not a probe point that is known without SystemTap's tapset"
        ])
    #expect(found.first?.notes.first?.message.contains("systemtap-common") == true)
}

@Test func functionsForGurusAreKnownFromTheTapset() throws {
    let traits = try Programs.shared.get().resolve("probe begin { set_user_int(1, 2) udelay(5) }").traits
    #expect(traits.guruUses.map(\.kind) == [.function("set_user_int"), .function("udelay")])
}
