import DebugInfo
import Diagnostics
import Foundation
import Resolver
import TestSupport
import Testing

/// What stap lists of the installed kernel's tracepoints: `SYSTEM:NAME $PARAMETER:TYPE …`.
private func staps() throws -> [String] {
    let path = Programs.fixtures.appendingPathComponent("tracepoints.txt")
    return try String(contentsOf: path, encoding: .utf8).split(separator: "\n").map(String.init)
}

@Test func theHeadersTellTheTracepointsThatStapLists() throws {
    let expected = try staps().map { line in
        let parts = line.components(separatedBy: " $")
        return parts[0] + parts.dropFirst().map { " $\($0.prefix { $0 != ":" })" }.joined()
    }
    let folder = "/lib/modules/\(KernelFixtures.release)"
    let headers = try #require(
        TracepointHeaders(folders: ["\(folder)/build", "\(folder)/source"]),
        "apt-get install linux-headers-\(KernelFixtures.release)")
    let found = Set(
        headers.tracepoints.map { tracepoint in
            (["\(tracepoint.system):\(tracepoint.name)"] + tracepoint.parameters.map { "$\($0.name)" })
                .joined(
                    separator: " ")
        })
    let missing = Set(expected).subtracting(found).sorted()
    #expect(missing.isEmpty, "stap lists, and we do not")
    // stap leaves out the headers that do not compile without the kernel's sources.
    let more = found.subtracting(expected)
    let unlisted = Set(more.map { String($0.prefix { $0 != ":" }) })
    #expect(
        unlisted.sorted() == [
            "9p", "afs", "avc", "bridge", "cachefiles", "compaction", "dlm", "ext4", "f2fs", "fsi",
            "fsi_master_ast_cf", "i2c_slave", "ib_mad", "mctp", "mptcp", "nbd", "netfs", "nilfs2", "pwc",
            "rpcgss",
            "rpcrdma", "rxrpc", "sof", "sof_intel", "spi", "ufs", "wbt",
        ])
    // None of those headers is one that stap reads in part.
    #expect(!expected.contains { unlisted.contains(String($0.prefix { $0 != ":" })) })
    #expect(expected.count > 1_000)
}

@Test func aNameIsDeclaredAlikeInTheHeadersThatSpellItAndInAll() throws {
    let folder = "/lib/modules/\(KernelFixtures.release)"
    let headers = try #require(TracepointHeaders(folders: ["\(folder)/build", "\(folder)/source"]))
    let all = Dictionary(grouping: headers.tracepoints, by: \.name)
    var generator = SeededGenerator()
    let names =
        ["sched_switch", "sched_process_fork"] + all.keys.sorted().shuffled(using: &generator).prefix(20)
    var spelled = 0
    for name in names {
        let found = headers.tracepoints(spelled: name)
        // A macro may put a name together, which no header spells then.
        if !found.isEmpty {
            spelled += 1
            #expect(found == all[name], "seed \(generator.seed): \(name)")
        }
    }
    #expect(spelled > 10, "seed \(generator.seed)")
    #expect(headers.tracepoints(spelled: "sched_switch").map(\.system) == ["sched"])
    #expect(headers.tracepoints(spelled: "sched_swich").isEmpty)
    #expect(headers.tracepoints(spelled: "").isEmpty)
}

/// Types of tracepoints that the headers tell are written as stap writes them, which has them from the compiler.
@Test func theTypesOfTracepointsAreStaps() throws {
    let ours = Set(
        try Resolver.list("kernel.trace(\"*\")", in: KernelFixtures.installed, .variables).map { listing in
            listing.text + listing.variables.map { " $\($0.name):\($0.type)" }.joined()
        })
    let theirs = try staps().map { line in
        "kernel.trace(\"\(line.prefix { $0 != " " })\")\(line.drop { $0 != " " })"
    }
    #expect(theirs.filter { !ours.contains($0) }.isEmpty)
}

@Test(arguments: [
    ("const char *name", "name", "char const*"), ("struct rq *rq", "rq", "struct rq*"),
    ("unsigned long x", "x", "long unsigned int"), ("unsigned int __x", "__x", "unsigned int"),
    ("long long x", "x", "long long int"), ("unsigned short  x", "x", "short unsigned int"),
    ("struct t const *const *p", "p", "struct t const* const*"), ("u8 hash[16]", "hash", "u8*"),
    ("unsigned char c", "c", "unsigned char"), ("const u32 x", "x", "u32 const"),
    ("int (*fn)(unsigned int, struct t *)", "fn", "int (*) (unsigned int, struct t*)"),
    ("const volatile void __iomem *addr", "addr", "void volatile const*"),
    ("pgoff_t at", "at", "long unsigned int"),
]) func parametersAreRead(declaration: String, name: String, type: String) {
    #expect(ParameterDeclaration(declaration) == ParameterDeclaration(name: name, type: type))
}

@Test(arguments: ["void", "", "int *", "  ", "(*", ")(*"]) func whatNamesNoParameterIsNone(
    declaration: String
) {
    #expect(ParameterDeclaration(declaration) == nil)
}

@Test(arguments: [
    ("TRACE_EVENT(a, TP_PROTO(int x, char *y[2]), TP_ARGS(x, y), TP_STRUCT__entry())", "s:a x y"),
    (
        "DECLARE_TRACE(b, TP_PROTO(void (*done)(int, int), const struct t * p), TP_ARGS(done, p))",
        "s:b done p"
    ),
    ("TRACE_EVENT(c, TP_PROTO(void), TP_ARGS())", "s:c"),
    (
        "DECLARE_EVENT_CLASS(k, TP_PROTO(int x), TP_ARGS(x));\nDEFINE_EVENT(k, d, TP_PROTO(int x), TP_ARGS(x))",
        "s:d x"
    ),
    (
        "#define EV(n) DEFINE_EVENT(k, pre_##n, \\\n TP_PROTO(int x), TP_ARGS(x))\nEV(e);\nEV(f);",
        "s:pre_e x s:pre_f x"
    ),
    (
        "#ifdef CONFIG_ON\nTRACE_EVENT(g, TP_PROTO(int x), TP_ARGS(x))\n#else\nTRACE_EVENT(h, TP_PROTO(int x), TP_ARGS(x))\n#endif",
        "s:g x"
    ),
    ("#ifndef CONFIG_ON\nTRACE_EVENT(g, TP_PROTO(int x), TP_ARGS(x))\n#endif", ""),
    (
        "#if defined(CONFIG_ON) && IS_ENABLED(CONFIG_MODULAR)\nTRACE_EVENT(i, TP_PROTO(int x), TP_ARGS(x))\n#endif",
        "s:i x"
    ),
    ("#define EV(c, p) DEFINE_EVENT(k, c, PARAMS(p), PARAMS(TP_ARGS(x)))\nEV(o, TP_PROTO(int x))", "s:o x"),
    ("#if 0\nTRACE_EVENT(i, TP_PROTO(int x), TP_ARGS(x))\n#endif", ""),
    ("#define PROTO TP_PROTO(int x)\nTRACE_EVENT(n, PROTO, TP_ARGS(x))", "s:n x"),
    ("/* TRACE_EVENT(j, TP_PROTO(int x)) */ // TRACE_EVENT(k, TP_PROTO(int x))", ""),
    ("#define ALIAS TRACE_EVENT\nALIAS(l, TP_PROTO(int x), TP_ARGS(x))", "s:l x"),
    ("TRACE_EVENT(m, TP_PROTO(int x", ""), ("#define LOOP(n) LOOP(n)\nLOOP(x)", ""),
])
func declarationsAreRead(header: String, expected: String) {
    let text = "#undef TRACE_SYSTEM\n#define TRACE_SYSTEM s\n" + header + "\n"
    let found = TracepointHeaders.tracepoints(in: text, config: ["CONFIG_ON", "CONFIG_MODULAR_MODULE"])
    #expect(
        found.map { (["\($0.system):\($0.name)"] + $0.parameters.map(\.name)).joined(separator: " ") }
            .joined(separator: " ") == expected)
}

@Test func tracefsTellsTheRunningKernelsTracepoints() throws {
    let programs = try Programs.shared.get()
    let root = try KernelFixtures.shared.get().root()
    let context = KernelFixtures.kernel(root)
    let script = "probe kernel.trace(\"net:netif_rxx\") { println($skb) }"
    #expect(try programs.resolve(script, context).unchecked.map(\.reason) == [.tracepointsUnknown])
    try write("", to: "sys/kernel/debug/tracing/events/net/netif_rx/format", below: root)
    try write("", to: "sys/kernel/debug/tracing/events/syscalls/sys_enter_open/format", below: root)
    #expect(
        try programs.complaints(script, context).map(\.message) == [
            "'netif_rxx' is not a tracepoint of kernel 9.9.9-test (did you mean 'netif_rx'?)"
        ])
    #expect(
        try programs.complaints("probe kernel.trace(\"sys_enter_open\") {}", context).count == 1)
    let other = KernelFixtures.kernel(root, isRunning: false)
    #expect(try programs.resolve(script, other).unchecked.map(\.reason) == [.tracepointsUnknown])
    let right = try programs.resolve("probe kernel.trace(\"netif_rx\") { println($skb) }", context)
    #expect(right.events.map(\.kind) == [.tracepoint(system: "net", name: "netif_rx")])
}

/// The running kernel of the machine, whatever it is, if it has BTF: what it tells is real.
@Test(.enabled(if: FileManager.default.fileExists(atPath: "/sys/kernel/btf/vmlinux")))
func theRunningKernelsTypesJudgeATracepointsVariables() throws {
    let release = try run("uname", ["-r"]).output.trimmingCharacters(in: .whitespacesAndNewlines)
    let context = ResolverContext(
        kernel: KernelContext(release: release, isRunning: true, modulesFolder: "/nowhere"))
    let programs = try Programs.shared.get()
    for (handler, message) in [
        ("println($prev->pid, $next->mm->mmap_base, $prev->comm[0], $$vars)", nil),
        ("println($prv)", "'$prv' is not a variable of tracepoint sched_switch (did you mean '$prev'?)"),
        ("println($prev->pidd)", "'pidd' is not a member of struct task_struct (did you mean 'pid'?)"),
        ("println($prev->pid->x)", "'->x' is applied to int, which has no such part"),
        (
            "println($prev->se)",
            "'$prev->se' is a whole struct sched_entity, expected a member such as '->load'"
        ),
        // stap hands the value over, not its place.
        ("println(&$prev->se)", "'$prev' is a plain value, which has no address"),
        ("println($prev->pid[1])", "'[1]' is applied to int, which has no such part"),
    ] as [(String, String?)] {
        let complaints = try programs.complaints(
            "probe kernel.trace(\"sched_switch\") { \(handler) }", context)
        #expect(complaints.map(\.message) == (message.map { [$0] } ?? []))
    }
    #expect(try programs.complaints("probe kernel.trace(\"sched_swich\") {}", context).count == 1)
}

@Test func damagedTypesAreNoTypes() throws {
    let root = try KernelFixtures.shared.get().root()
    let whole = Data([0x9F, 0xEB, 1, 0, 24, 0, 0, 0] + Array(repeating: 0xFF, count: 40))
    let file = root.appendingPathComponent("btf")
    for length in 0...whole.count {
        try whole.prefix(length).write(to: file)
        #expect(BTF(path: file.path) == nil)
    }
}
