import DebugInfo
import Diagnostics
import Foundation
import Resolver
import Testing

/// A script with one mistake, the text that is underlined and the sentence.
private let mistakes: [(script: String, place: String, message: String)] = [
    ("probe begn {}", "begn", "'begn' is not a probe point (did you mean 'begin'?)"),
    (
        "probe syscal.open {}", "syscal",
        "'syscal' is not a probe point (did you mean 'syscall' or 'syscall_any'?)"
    ),
    (
        "probe proces(\"/bin/x\").begin {}", "proces",
        "'proces' is not a probe point (did you mean 'process' or 'procfs'?)"
    ),
    ("probe end(1).foo {}", "foo", "'.foo' cannot follow 'end'"),
    ("probe timer.secs(5) {}", "secs", "'.secs' cannot follow 'timer' (did you mean '.sec'?)"),
    ("probe timer.s {}", "s", "'s' has no argument, expected a number"),
    ("probe timer.s(\"5\") {}", "s(\"5\")", "'s' has a string, expected a number"),
    ("probe timer.s(86401) {}", "s(86401)", "'s' is 86401, expected 1 to 86400"),
    ("probe timer.s(5).randomize(6) {}", "randomize(6)", "'randomize' is 6, expected 0 to 5"),
    (
        "probe kernel {}", "kernel",
        "'kernel' is not a whole probe point, expected '.function(\"…\")', '.function(NUMBER)', "
            + "'.statement(\"…\")', '.statement(NUMBER)', '.trace(\"…\")', '.mark(\"…\")', '.data(\"…\")' or "
            + "'.data(NUMBER)' behind it"
    ),
    (
        "probe kernel.trace(\"sched_swich\") {}", "\"sched_swich\"",
        "'sched_swich' is not a tracepoint of kernel \(KernelFixtures.release) (did you mean 'sched_switch'?)"
    ),
    (
        "probe kernel.trace(\"shed:sched_switch\") {}", "\"shed:sched_switch\"",
        "'sched_switch' is not a tracepoint of 'shed' (did you mean 'sched'?)"
    ),
    (
        "probe kernel.trace(\"sched_switch\") { println($prv) }", "$prv",
        "'$prv' is not a variable of tracepoint sched_switch (did you mean '$prev'?)"
    ),
    (
        "probe kprobe.module(\"ext4\").function(\"ext4_sync_fs\") { println($sb) }", "$sb",
        "'$sb' stands in a kprobe, which has no target variables"
    ),
    (
        "probe kernel.function(\"vfs_read\") {}", "kernel",
        "kernel \(KernelFixtures.release) has no debug information here"
    ),
    (
        "probe module(\"ext5\").function(\"f\") {}", "\"ext5\"",
        "'ext5' is not a module that was built for kernel \(KernelFixtures.release) (did you mean 'ext4'?)"
    ),
    (
        "probe module(\"ext4\").statement(\"ext4_sync_fs@*:*\") {}", "\"ext4\"",
        "module 'ext4' has no debug information"
    ),
    (
        "probe module(\"@K@\").function(\"tapmod_sun\") {}", "\"tapmod_sun\"",
        "'tapmod_sun' is not a function of module '@K@' (did you mean 'tapmod_sum'?)"
    ),
    (
        "probe module(\"@K@\").function(\"tapmod_sum\") { println($item->idd) }", "->idd",
        "'idd' is not a member of struct tapmod_item (did you mean 'id'?)"
    ),
    (
        "probe module(\"/etc/passwd\").function(\"f\") {}", "\"/etc/passwd\"",
        "'/etc/passwd' is not a kernel module, expected a '.ko' file"
    ),
    (
        "probe module(\"/bin/true\").function(\"f\") {}", "\"/bin/true\"",
        "'/bin/true' is not a kernel module, expected a '.ko' file"
    ),
    (
        "probe procfs(\"../x\").read { $value = \"\" }", "\"../x\"",
        "'../x' is not a name below /proc/systemtap/MODULE, expected no leading '/' and no '.' or '..'"
    ),
    (
        "probe begin { println(@entry(1)) }", "@entry(1)",
        "'@entry' stands in a probe that is not a '.return' probe"
    ),
]

@Test(arguments: mistakes.indices) func aMistakeInAKernelPointIsToldAtItsPlace(_ index: Int) throws {
    let mistake = mistakes[index]
    let fixtures = try KernelFixtures.shared.get()
    let complaints = try Programs.shared.get().complaints(
        fixtures.script(mistake.script), KernelFixtures.installed)
    #expect(complaints.map(\.message) == [fixtures.script(mistake.message)])
    #expect(complaints.first?.range?.text == mistake.place)
}

@Test func missingKernelDebugInfoNamesItsPackage() throws {
    let complaints = try Programs.shared.get().complaints(
        "probe kernel.function(\"vfs_read\") {}", KernelFixtures.installed)
    #expect(
        complaints.first?.notes.contains {
            $0.message == "install it with 'apt-get install linux-image-\(KernelFixtures.release)-dbg'"
        } == true)
}

@Test func eventsAreNamedInTheirOrder() throws {
    let script = try Programs.shared.get().resolve(
        """
        probe begin(-3), timer.ms(20).randomize(5), timer.hz(100), timer.jiffies(7), timer.profile, never,
            kernel.trace("sched:sched_process_f*"), kprobe.module("ext4").function("ext4_sync_fs").return, end {}
        """, KernelFixtures.installed)
    #expect(
        script.events.map(\.kind) == [
            .begin(order: -3), .timer(nanoseconds: 20_000_000, randomize: 5_000_000),
            .timer(nanoseconds: 10_000_000, randomize: 0), .timerJiffies(7, randomize: 0),
            .sample(.clock(), of: .all), .never, .tracepoint(system: "sched", name: "sched_process_free"),
            .tracepoint(system: "sched", name: "sched_process_fork"),
            .kernelFunction("ext4_sync_fs", module: "ext4", isReturn: true), .end(order: 0),
        ])
    #expect(script.unchecked.isEmpty)
}

@Test func aModulesFunctionsAreFoundByItsDWARF() throws {
    let module = try KernelFixtures.shared.get().module
    let script = try Programs.shared.get().resolve(
        """
        probe module("\(module)").function("tapmod_sum").call, module("\(module)").function("tapmod_twice"),
            module("\(module)").function("tapmod_note").return {}
        """, KernelFixtures.installed)
    let lines = script.points.map { "\($0.kind) \($0.function):\($0.line ?? 0)" }
    #expect(lines.first == "call tapmod_sum:13" && lines.last == "return tapmod_note:28")
    #expect(lines.contains("inlined tapmod_twice:23"))
    #expect(script.points.allSatisfy { $0.binary == module && $0.sourceFile?.hasSuffix("tapmod.c") == true })
}

@Test func aStrippedOrCompressedModuleIsReadWithItsDebugFile() throws {
    let fixtures = try KernelFixtures.shared.get()
    let root = try fixtures.root()
    let extra = root.appendingPathComponent("lib/modules/9.9.9-test/extra")
    try FileManager.default.createDirectory(at: extra, withIntermediateDirectories: true)
    let stripped = extra.appendingPathComponent("tapmod.ko").path
    #expect(try run("objcopy", ["--strip-debug", fixtures.module, stripped]).status == 0)
    let script = "probe module(\"tapmod\").function(\"tapmod_sum\").call { println($item->id) }"
    let programs = try Programs.shared.get()
    let context = KernelFixtures.kernel(root)
    #expect(
        try programs.complaints(script, context).map(\.message) == [
            "'$item' cannot be looked up, tapmod_sum has no debug information"
        ])
    let debug = root.appendingPathComponent("debug/lib/modules/9.9.9-test/extra")
    try FileManager.default.createDirectory(at: debug, withIntermediateDirectories: true)
    let debugFile = debug.appendingPathComponent("tapmod.ko").path
    #expect(try run("objcopy", ["--only-keep-debug", fixtures.module, debugFile]).status == 0)
    #expect(try programs.complaints(script, context).isEmpty)
    #expect(try run("xz", ["--check=crc32", stripped]).status == 0)
    let resolved = try programs.resolve(script, context)
    #expect(resolved.points.map(\.binary) == [stripped + ".xz"])
    #expect(resolved.warnings.map(\.message) == ["module 'tapmod' is not loaded"])
}

@Test func aModulesTroubleIsNamed() throws {
    let root = try KernelFixtures.shared.get().root()
    let folder = "lib/modules/9.9.9-test"
    try write("kernel/fs/foo.ko\nkernel/fs/bar-baz.ko\n", to: "\(folder)/modules.order", below: root)
    try write("oot 4096 0 - Live 0x0\n", to: "proc/modules", below: root)
    let programs = try Programs.shared.get()
    for (module, message) in [
        ("foo", "module 'foo' was built for kernel 9.9.9-test, but is not installed"),
        ("bar_baz", "module 'bar_baz' was built for kernel 9.9.9-test, but is not installed"),
        ("oot", "module 'oot' is loaded, but its file is not installed for kernel 9.9.9-test"),
        ("none", "'none' is not a module that was built for kernel 9.9.9-test"),
        ("f*", "'f*' matches no module of kernel 9.9.9-test"),
    ] {
        let complaints = try programs.complaints(
            "probe module(\"\(module)\").function(\"f\") {}", KernelFixtures.kernel(root))
        #expect(complaints.map(\.message) == [message])
    }
    try FileManager.default.removeItem(at: root.appendingPathComponent(folder))
    let complaints = try programs.complaints(
        "probe module(\"foo\").function(\"f\") {}", KernelFixtures.kernel(root))
    #expect(
        complaints.map(\.message) == [
            "kernel 9.9.9-test has no modules here, '\(root.path)/\(folder)' does not exist"
        ])
}

@Test func theKernelsOwnFunctionsAreFoundInItsDebugFile() throws {
    let programs = try Programs.shared.get()
    let root = try KernelFixtures.shared.get().root()
    try write("", to: "debug/boot/x", below: root)
    // A linked program stands for the kernel's file: both are executables with DWARF.
    try FileManager.default.copyItem(
        atPath: programs.shapes, toPath: "\(root.path)/debug/boot/vmlinux-9.9.9-test")
    let context = KernelFixtures.kernel(root)
    let script = try programs.resolve(
        "probe kernel.function(\"visit@shapes.c\").call { println($node->id) }", context)
    #expect(script.points.map(\.function) == ["visit"])
    #expect(script.points.map(\.binary) == ["\(root.path)/debug/boot/vmlinux-9.9.9-test"])
    for (point, message) in [
        ("function(\"vist\")", "'vist' is not a function of the kernel (did you mean 'visit'?)"),
        ("function(\"visit@shape.c\")", "'visit' is not in a file 'shape.c' (did you mean 'shapes.c'?)"),
        ("function(\"twice\").call", "'twice' exists only inlined, expected no '.call'"),
        ("statement(\"vist@shapes.c:*\")", "'vist' is not a function of the kernel (did you mean 'visit'?)"),
    ] {
        #expect(try programs.complaints("probe kernel.\(point) {}", context).map(\.message) == [message])
    }
}

@Test func theKernelsListOfSymbolsJudgesWhereItTells() throws {
    let programs = try Programs.shared.get()
    let root = try KernelFixtures.shared.get().root()
    let script = "probe kprobe.function(\"vfs_raed\") { println(1) }"
    try write(
        "ffffffffffffffff B The real System.map is in the linux-image-<version>-dbg package\n",
        to: "boot/System.map-9.9.9-test", below: root)
    let context = KernelFixtures.kernel(root)
    #expect(try programs.resolve(script, context).unchecked.map(\.reason) == [.kernelSymbolsUnknown])
    var list = (0..<2_000).map { "ffffffff8100\(1000 + $0) t function_\($0)\n" }.joined()
    list += "ffffffff81200000 T vfs_read\nffffffff81300000 D vfs_data\nffffffffc0000000 t inner\t[mod]\n"
    try write(list, to: "proc/kallsyms", below: root)
    #expect(
        try programs.complaints(script, context).map(\.message) == [
            "'vfs_raed' is not a function of the kernel (did you mean 'vfs_read'?)"
        ])
    // Without debug information stap takes a function by its symbol.
    let byName = try programs.resolve(
        "probe kernel.function(\"vfs_r*\").return, kprobe.function(\"vfs_read\") { println(1) }", context)
    #expect(
        byName.events.map(\.kind) == [
            .kernelFunction("vfs_read", module: nil, isReturn: true),
            .kernelFunction("vfs_read", module: nil, isReturn: false),
        ])
    #expect(try !programs.complaints("probe kprobe.function(\"vfs_data\") {}", context).isEmpty)
    #expect(try !programs.complaints("probe kprobe.function(\"inner\") {}", context).isEmpty)
}
