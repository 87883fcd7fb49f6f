import DebugInfo
import Diagnostics
import Foundation
import Resolver
import Testing

@Test func everyAddressIsNamed() throws {
    let script = try Programs.shared.get().resolve(
        "probe process(\"@S@\").function(\"visit\").call, process(\"@S@\").function(\"twice\"), "
            + "process(\"@S@\").function(\"find\").return {}")
    #expect(
        script.points.map { "\($0.kind) \($0.function):\($0.line ?? 0)" } == [
            "call visit:65", "inlined twice:84", "inlined twice:84", "return find:100",
        ])
    #expect(Set(script.points.map(\.address)).count == 4)
    #expect(script.points.allSatisfy { $0.sourceFile?.hasSuffix("/shapes.c") == true })
}

@Test func theAddressIsWhereTheToolsSeeTheFunction() throws {
    let programs = try Programs.shared.get()
    let script = try programs.resolve("probe process(\"@O@\").function(\"finalize\") {}")
    let symbols = try run("nm", [programs.optimized]).output
    let address = String(script.points[0].address, radix: 16)
    #expect(symbols.contains("\(address) T finalize"))
}

@Test func binariesAreListedOnceWithTheirBuilds() throws {
    let programs = try Programs.shared.get()
    let script = try programs.resolve(
        "probe process(\"@S@\").function(\"visit\"), process(\"@S@\").function(\"find\"), "
            + "process(\"@O@\").function(\"finalize\") {}")
    #expect(script.binaries.map(\.path) == [programs.shapes, programs.optimized])
    let note = try run("readelf", ["-n", programs.shapes]).output
    #expect(note.contains("Build ID: \(script.binaries[0].buildID?.description ?? "none")"))
}

@Test func aSharedLibraryIsABinaryOfItsOwn() throws {
    let script = try Programs.shared.get().resolve(
        "probe process(\"@S@\").library(\"libc.so.6\").function(\"malloc\") {}")
    #expect(script.binaries.map { $0.path.split(separator: "/").last } == ["shapes", "libc.so.6"])
    #expect(!script.points.isEmpty && script.points.allSatisfy { $0.binary.hasSuffix("libc.so.6") })
}

@Test func whatWasNotCheckedIsSaid() throws {
    let script = try Programs.shared.get().resolve(
        """
        probe kernel.function("vfs_read"), timer.s(5), process("@S@").statement("visit@shapes.c:68"),
            process("/usr/bin/*").begin, *("nothere").function("visit") {}
        """)
    #expect(
        script.unchecked.map { "\($0.text.prefix(22)) \($0.reason)" } == [
            "kernel.function(\"vfs_r kernelUnknown",
            "*(\"nothere\").function( pattern",
        ])
    #expect(
        script.events.map(\.kind) == [
            .timer(nanoseconds: 5_000_000_000, randomize: 0), .process("begin", of: .pattern("/usr/bin/*")),
        ])
    #expect(script.points.map(\.kind) == [.statement])
}

@Test func aProcessWithoutPathIsTheTarget() throws {
    let programs = try Programs.shared.get()
    let script = try programs.resolve(
        "probe process.function(\"visit\") {}", ResolverContext(targetBinary: programs.shapes))
    #expect(script.points.map(\.binary) == [programs.shapes])
    #expect(script.traits.needsTarget)
}

@Test func aProgramWhoseStartIsProbedIsABinaryToo() throws {
    let programs = try Programs.shared.get()
    let script = try programs.resolve("probe process(\"@S@\").begin {}")
    #expect(script.binaries.map(\.path) == [programs.shapes])
}

@Test func anEventOfWhatNoProcessRunsIsWarnedOf() throws {
    let programs = try Programs.shared.get()
    for (name, problem) in [
        ("missing", "does not exist"),
        ("script", "is a script, expected an ELF executable or shared library"),
    ] {
        let script = try programs.resolve("probe process(\"@S@-\(name)\").end {}")
        #expect(script.events.count == 1)
        #expect(
            script.warnings.map(\.message) == [
                "the probe never fires: '\(programs.shapes)-\(name)' \(problem)"
            ])
    }
    #expect(try programs.resolve("probe process(\"@S@\").end {}").warnings.isEmpty)
}

@Test func aPatternOfNamesStandsForThePointsThatAreThere() throws {
    let programs = try Programs.shared.get()
    let script = try programs.resolve("probe process(\"@M@\").f*(\"main\"), process(\"@M@\").t** {}")
    #expect(script.points.map(\.kind) == [.call])
    #expect(
        script.events.map(\.kind) == [
            .process("thread.begin", of: .program(programs.shop)),
            .process("thread.end", of: .program(programs.shop)),
        ])
    let listed = try Resolver.list("process(\"\(programs.shop)\").*(\"sold\")")
    #expect(listed.map(\.text) == ["process(\"\(programs.shop)\").mark(\"sold\")"])
    let complaints = try programs.complaints("probe process(\"@M@\").m*(\"sell\") {}")
    #expect(
        complaints.map(\.message) == ["'process(\"\(programs.shop)\").m*(\"sell\")' matches no probe point"])
}

@Test func aPointOfTheTargetNeedsATarget() throws {
    let complaints = try Programs.shared.get().complaints("probe process.function(\"visit\") {}")
    #expect(
        complaints.map(\.message) == ["'process' without a program is the target's, and there is no target"])
    #expect(
        complaints.flatMap(\.notes).map(\.message) == [
            "name one with '--pid PID' or '-- COMMAND', or write 'process(\"PATH\")'"
        ])
}

@Test func bareAndRelativePathsAreFound() throws {
    let programs = try Programs.shared.get()
    let folder = programs.folder.path
    let inPath = try programs.resolve(
        "probe process(\"shapes\").function(\"visit\") {}",
        ResolverContext(searchPath: ["/nowhere", folder]))
    #expect(inPath.points.map(\.binary) == [programs.shapes])
    let relative = try programs.resolve(
        "probe process(\"./shapes\").function(\"visit\") {}", ResolverContext(workingDirectory: folder))
    #expect(relative.points.count == 1)
}

@Test(arguments: [
    ("probe begin { print_ubacktrace() }", "ustack"), ("probe begin { println(usymname(1)) }", "ustack"),
    ("function f() { print_ustack(ubacktrace()) } probe begin { f() }", "ustack"),
    ("probe begin { print_backtrace() }", "kstack"), ("probe begin { println(target()) }", "calls"),
    ("probe process.begin {}", ""),
    ("%{ int x; %} probe begin {}", "guru:1"),
    ("function f() %{ STAP_RETURN(); %} probe begin { f() }", "guru:1"),
    ("probe process(\"@S@\").function(\"visit\") { $depth = 5 }", "guru:1"),
    ("probe process(\"@S@\").function(\"visit\") { $node->id = 1 }", "guru:1"),
    ("probe begin { panic(\"x\") }", "guru:1"), ("probe begin { x = 5; println(x) }", ""),
    ("function panic(x) { return x } probe begin { panic(1) }", ""),
])
func whatAScriptAsksOfTheEngineIsRead(script: String, expected: String) throws {
    let traits = try Programs.shared.get().resolve(script).traits
    let found =
        (traits.usesUserBacktraces ? ["ustack"] : []) + (traits.usesKernelBacktraces ? ["kstack"] : [])
        + (traits.needsTarget ? ["target"] : []) + (traits.callsTarget ? ["calls"] : [])
        + (traits.needsGuru ? ["guru:\(traits.guruUses.count)"] : [])
    #expect(found.joined(separator: " ") == expected)
}

@Test(arguments: [
    Array(repeating: "@defined($depth)", count: 900).joined(separator: " && "),
    Array(repeating: "$depth", count: 900).joined(separator: " || "),
    String(repeating: "(@defined($depth) ? ", count: 40) + "1" + String(repeating: " : 0)", count: 40),
    "$cursor" + String(repeating: "->next", count: 900) + "->id",
    "$node->table" + String(repeating: "[@defined($node->table", count: 20) + "[0]"
        + String(repeating: ") ? 1 : 2]", count: 20),
]) func longAndDeepExpressionsAreNoTrouble(expression: String) throws {
    let complaints = try Programs.shared.get().complaints(
        "probe process(\"@S@\").function(\"visit\") { println(\(expression)) }")
    #expect(complaints.isEmpty, "\(complaints.map(\.message))")
}

@Test func functionsThatCallEachOtherAreNoTrouble() throws {
    let complaints = try Programs.shared.get().complaints(
        "function f() { return g() + $dept } function g() { return f() } "
            + "probe process(\"@S@\").function(\"visit\") { println(f()) }")
    #expect(complaints.map { $0.range?.text } == ["$dept"])
}

@Test func aliasesOfThemselvesEnd() throws {
    _ = try Programs.shared.get().complaints(
        "probe a = b { x = 1 } probe b = a { y = 1 } probe a { println(1) }")
}
