import Testing

@testable import Report

private func read(_ line: ArraySlice<UInt8>, into store: inout StackStore) throws {
    let isFrame = store.add(line)
    try #require(isFrame)
}

private func frames(_ line: String) -> [StackFrame]? {
    switch StackParser.line(ArraySlice(line)) {
    case nil: nil
    case .absent: []
    case .addresses(let addresses): addresses.compactMap { StackParser.frame(fromKey: $0)?.frame }
    case .frame(let key, _): StackParser.frame(fromKey: key).map { [$0.frame] }
    }
}

/// Every form in which `_stp_snprint_addr` of systemtap 4.8 prints an address in a backtrace.
@Test(arguments: [
    (
        " 0x49af2e : ngx_http_finalize_request+0xe/0x480 [/home/a/nginx]",
        [StackFrame(symbol: "ngx_http_finalize_request", offset: 0xE, module: "/home/a/nginx")]
    ),
    (
        " 0x3623e1ecdd [/lib64/libc-2.12.so+0x1ecdd/0x38d000]",
        [StackFrame(offset: 0x1ECDD, module: "/lib64/libc-2.12.so")]
    ),
    (
        " 0x55aea23d7c26 : 0x55aea23d7c26 [/usr/bin/sqlite3+0x16c26/0x2e000]",
        [StackFrame(offset: 0x16C26, module: "/usr/bin/sqlite3")]
    ),
    (" 0x55aea23d7c26 : 0x55aea23d7c26", [StackFrame(address: 0x55AE_A23D_7C26)]),
    (" 0x7f2f1c8a6370", [StackFrame(address: 0x7F2F_1C8A_6370)]),
    ("0x0 (inexact)", [StackFrame(address: 0, isInexact: true)]),
    (
        " 0xffffffff8164dc00 : netif_receive_skb+0x0/0x90 [kernel] (inexact)",
        [StackFrame(symbol: "netif_receive_skb", offset: 0, module: "kernel", isInexact: true)]
    ),
    (" 0x1234 : f+0x1/0x2", [StackFrame(symbol: "f", offset: 1)]),
    ("f+0x1", [StackFrame(symbol: "f", offset: 1)]),
    ("f+0x1 (inexact)", [StackFrame(symbol: "f", offset: 1, isInexact: true)]),
    ("f+0x1f [libc.so.6]", [StackFrame(symbol: "f", offset: 0x1F, module: "libc.so.6")]),
    ("f+0x1/0x20 [libc.so.6]", [StackFrame(symbol: "f", offset: 1, module: "libc.so.6")]),
    ("0x7f12 [libc.so.6+0x12]", [StackFrame(offset: 0x12, module: "libc.so.6")]),
    (
        " 0x1 : ns::f(int, char const*)+0x1/0x2 [/opt/my app [x]/bin]",
        [StackFrame(symbol: "ns::f(int, char const*)", offset: 1, module: "/opt/my app [x]/bin")]
    ),
    (
        " 0x1 : operator[](a+0x1)+0x5/0x9 [/b]",
        [StackFrame(symbol: "operator[](a+0x1)", offset: 5, module: "/b")]
    ),
    (" 0x1 [/my +0x1 lib]+0x2/0x3]", [StackFrame(offset: 2, module: "/my +0x1 lib]")]),
    (
        " 0x1 : f+0x1/0x2 at /src/a b.c:12 [/bin/x]",
        [StackFrame(symbol: "f", offset: 1, module: "/bin/x", source: "/src/a b.c:12")]
    ),
    (" 0x1 : f+0x1/0x2 at a.c:12", [StackFrame(symbol: "f", offset: 1, source: "a.c:12")]),
    (
        " 0x1 [/bin/x+0x1/0x2] at a.c:12",
        [StackFrame(offset: 1, module: "/bin/x", source: "a.c:12")]
    ),
    ("Returning from:  0x1 : f+0x0/0x2 [/b]", [StackFrame(symbol: "f", offset: 0, module: "/b")]),
    ("Returning to  :  0x2 : g+0x4/0x9 [/b]", [StackFrame(symbol: "g", offset: 4, module: "/b")]),
    ("0x1 0x2 0x3 ", [StackFrame(address: 1), StackFrame(address: 2), StackFrame(address: 3)]),
    ("<no user backtrace at process(\"/b\").function(\"f\")>", []),
    ("<no kernel backtrace at x>", []),
    ("rc: 502", nil), ("", nil), ("   ", nil), ("0x", nil), (" 0x1 : ", nil), (" 0x1 : f", nil),
    (" 0x1 : +0x1", nil), (" 0x1 []", nil), (" 0x1 [+", nil), ("0x1 x", nil), ("f+0x", nil),
    ("a+0x1 b", nil), (" 0x11112222333344445 : f+0x1/0x2 [b]", nil), ("0x1 0x2 zebra", nil),
])
func aLineOfABacktraceIsRead(line: String, expected: [StackFrame]?) {
    #expect(frames(line) == expected)
}

@Test func stacksThatDifferInTheirAddressesOnlyAreOne() throws {
    var store = StackStore(maximumCount: 10)
    var ids: [Int?] = []
    for base in [0x7F00_0000_0000, 0x5555_0000_1000] {
        for (offset, text) in [
            (0x370, "free+0x0/0x10 [/lib/libc.so.6]"), (0x26A, "main+0x4/0xa0 [/b/leaky]"),
        ] {
            try read(ArraySlice(" 0x\(String(base + offset, radix: 16)) : \(text)"), into: &store)
        }
        try read(
            ArraySlice(" 0x\(String(base + 0xD0A, radix: 16)) [/lib/libc.so.6+0xd0a/0x1000]"), into: &store)
        ids.append(store.finish(maximumStringLength: 512))
    }
    #expect(ids == [0, 0])
    #expect(store.count == 1)
    #expect(store.stack(0).frames.map(\.symbol) == ["free", "main", nil])
    #expect(store.unfinishedCount == 0)
}

@Test(arguments: [
    ([" 0x1 : f+0x1/0x2 [b]", " 0x2 : main+0x1/0x2 [b]"], true),
    ([" 0x1 : f+0x1/0x2 [b]", " 0x2 : __libc_start_main@@GLIBC_2.34+0x1/0x2 [b]"], true),
    // The dynamic linker's first instructions, of a program that has just begun or whose libraries do.
    ([" 0x1 [/lib64/ld-linux-x86-64.so.2+0x19b70/0x26000]"], true),
    ([" 0x1 : _dl_init+0x74/0x130 [l]", " 0x2 [/lib64/ld-linux-x86-64.so.2+0x19ba0/0x26000]"], true),
    ([" 0x1 : f+0x1/0x2 [l]", " 0x2 [/lib64/ld-linux-x86-64.so.2+0x19ba0/0x26000]"], false),
    ([" 0x1 : f+0x1/0x2 [b]", " 0x2 : clone3+0x1/0x2 [b]"], true),
    ([" 0x1 : f+0x1/0x2 [b]", " 0x2 : __GI___clone3+0x1/0x2 [b]"], true),
    ([" 0x1 : f+0x1/0x2 [b]", " 0x2 : __GI___libc_malloc+0x1/0x2 [b]"], false),
    ([" 0x1 : main+0x1/0x2 [b]", " 0x2 [/lib64/libc-2.12.so+0x1ecdd/0x38d000]"], true),
    ([" 0x1 : f+0x1/0x2 [b]", " 0x2 [/lib64/libc-2.12.so+0x1ecdd/0x38d000]"], false),
    ([" 0x1 : f+0x1/0x2 [b]"], false),
    ([" 0x1 : f+0x1/0x2 [kernel]"], true),
    ([" 0x1 : f+0x1/0x2 [kernel] (inexact)"], false),
    ([" 0x1"], false),
    (["<no user backtrace at f>"], true),
])
func aStackIsWholeWhenItEndsWhereThreadsStart(lines: [String], isComplete: Bool) throws {
    var store = StackStore(maximumCount: 10)
    for line in lines { try read(ArraySlice(line), into: &store) }
    let id = store.finish(maximumStringLength: 512)
    #expect(id == 0)
    #expect(store.stack(0).isComplete == isComplete)
    #expect(store.unfinishedCount == (isComplete ? 0 : 1))
}

@Test func aStackThatWasCutAtTheStringLengthIsCounted() throws {
    var store = StackStore(maximumCount: 10)
    try read(ArraySlice("f+0x1 [b]"), into: &store)
    try read(ArraySlice("main+0x1 [libc.so"), into: &store)
    _ = store.finish(maximumStringLength: 512)
    #expect(store.truncatedCount == 1)
    try read(ArraySlice("main+0x1 [b]"), into: &store)
    _ = store.finish(maximumStringLength: "main+0x1 [b]".count + 1)
    #expect(store.truncatedCount == 2)
}

@Test func thereIsNoRoomForMoreStacksThanAllowed() throws {
    var store = StackStore(maximumCount: 3)
    var ids: [Int?] = []
    for index in 0..<6 {
        try read(ArraySlice(" 0x1 : f\(index % 5)+0x1/0x2 [b]"), into: &store)
        ids.append(store.finish(maximumStringLength: 512))
    }
    #expect(ids == [0, 1, 2, nil, nil, 0])
    #expect(store.droppedCount == 2)
}

@Test func aStackThatHoldsAnothersFramesIsNotWhole() throws {
    var builder = try SummaryBuilder(records: [Make.record("event", "event {n:integer}", .stack)])
    builder.feed("event 1", "event 2")
    for _ in 0..<2 { builder.feed(" 0x1 : f+0x1/0x2 [/b/p]") }
    for _ in 0..<2 { builder.feed(" 0x2 : main+0x1/0x2 [/b/p]") }
    let summary = builder.finish(RunFacts(recipe: "r", end: .timeout))
    #expect(summary.losses == [Loss(.unfinishedStacks)])
    #expect(summary.verdict.grade == .degraded)
}
