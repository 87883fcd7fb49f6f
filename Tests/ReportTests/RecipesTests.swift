import Diagnostics
import RecipeModel
import Testing

@testable import Report

private let recipes = Fixtures.folder.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/recipes"

/// Lines as the shipped recipes print them, and the headline that they must give.
@Test(arguments: [
    (
        "nginx-5xx",
        """
        rc: -4 status: 502 host: a.org method: GET uri: /x y
         0x1 : ngx_http_finalize_request+0x0/0x9 [/usr/sbin/nginx]
         0x2 : main+0x1/0x2 [/usr/sbin/nginx]
        """, "nginx-5xx: 1 request, 1 distinct stack; complete"
    ),
    (
        "nginx-5xx", (try? Fixtures.read("\(Fixtures.folder)/tip03-5xx.txt")) ?? "",
        "nginx-5xx: 1 finalization, 1 distinct stack; complete"
    ),
    (
        "nginx-headers",
        """
        request: 1/1 method: GET host: a.org uri: /
        header: Accept */*
        header: X-Empty\u{20}
        more: 3
        """, "nginx-headers: 1 request; complete"
    ),
    (
        "heap-leaks",
        """
        held: 64 bytes in 2 blocks
         0x1 : malloc+0x0/0x9 [libc.so.6]
         0x2 : main+0x1/0x2 [/b/leaky]

        double free: 0x55d0
         0x1 : free+0x0/0x9 [libc.so.6]
         0x2 : main+0x9/0x9 [/b/leaky]
        first freed:
        free+0x0 [libc.so.6]
        main+0x5 [leaky]

        calls: 3 allocations 1 frees
        """, "heap-leaks: 1 allocation-site, 1 double-free, 1 total, 3 distinct stacks; complete"
    ),
    (
        "fork-trace", "fork: 1 -> 2 my shell\nfork: 2 -> 3 sh\nexec: 3 ls",
        "fork-trace: 2 forks, 1 exec; complete"
    ),
    (
        "function-calls",
        "calls: 5 process: 7 function: f at: f@a.c:3 inline\ncalls: 1 process: 7 function: g at: g@a.c:9",
        "function-calls: 2 functions; complete"
    ),
    (
        "function-variables", "hit: 1 of 7 in f variables: a=1 b=?",
        "function-variables: 1 hit; complete"
    ),
    (
        "function-arguments", "call: f process: 7 arguments: 0x1 0x2 0x3 0x4 0x5 0x6 text: a b",
        "function-arguments: 1 call; complete"
    ),
    (
        "global-variable", "after: 3 ms process: 7 value: {.a=1}",
        "global-variable: 1 value; complete"
    ),
    (
        "member-values", "value: -3 seen: 4\nprocess: 7 calls: 4 least: -3 average: -3 greatest: -3",
        "member-values: 1 value, 1 process; complete"
    ),
    (
        "structure", "structure: 1 of 7 in f: {.a=1, .b={...}}",
        "structure: 1 structure; complete"
    ),
    (
        "text-values", "text: 2 two words",
        "text-values: 1 text; complete"
    ),
    (
        "cast-member", "value: 20 seen: 1",
        "cast-member: 1 value; complete"
    ),
    (
        "pointer-to-pointer", "value: 10 seen: 1",
        "pointer-to-pointer: 1 value; complete"
    ),
    (
        "linked-list", "length: 3 seen: 2\nvalue: 10 seen: 2",
        "linked-list: 1 length, 1 value; complete"
    ),
    (
        "function-pointers", "pointer: f in 7 at: g",
        "function-pointers: 1 pointer; complete"
    ),
    (
        "set-variable", "changed: f in 7 before: 111 after: 222",
        "set-variable: 1 change; complete"
    ),
    (
        "call-flow",
        "flow: 7 after: 0 us -> f\nflow: 7 after: 9 us <- f\ntime: f calls: 1 total: 9 us longest: 9 us",
        "call-flow: 2 steps, 1 function; complete"
    ),
    (
        "executed-lines", "line: 12 hits: 5 at: f@a.c:12",
        "executed-lines: 1 line; complete"
    ),
    (
        "top-reads", "reads: 5 bytes: 3400 process: 7 sh",
        "top-reads: 1 reader; complete"
    ),
    (
        "module-calls", "calls: 5 process: 7 my\\040shell",
        "module-calls: 1 caller; complete"
    ),
    (
        "signals", "signal: SIGTERM sent from: 1 init to: 7 sh",
        "signals: 1 signal; complete"
    ),
    (
        "short-lived", "ended: 8 after: 701 us code: 1 signal: 0 name: true parent: 7 sh",
        "short-lived: 1 process; complete"
    ),
    (
        "file-io",
        "file: calls: 6 time: 23 us read: 1000 written: 4000 path: my file\nfailed: 2 error: 2 path: /x",
        "file-io: 1 file, 1 failed-open; complete"
    ),
    (
        "nginx-latency",
        "latency: class 2 from: 64 us requests: 2\nclass: 2 requests: 2 average: 70 us longest: 71 us",
        "nginx-latency: 1 latency, 1 class; complete"
    ),
    (
        "nginx-in-flight",
        "worker: 7 samples: 42 average: 0.9 most: 1\nopen: 7784 ms worker: 7 host: - uri: -",
        "nginx-in-flight: 1 worker, 1 open-request; complete"
    ),
    (
        "nginx-slow-requests",
        "slow: 9 ms phase: read read: 9 process: 0 connect: 0 answer: 0 send: 0 tries: 0 status: 200 host: a.org method: GET uri: /x",
        "nginx-slow-requests: 1 request; complete"
    ),
    (
        "nginx-upstreams",
        "failure: error server: 127.0.0.1:80 host: a.org uri: /x\nanswers: 1 status: 0 server: 127.0.0.1:80",
        "nginx-upstreams: 1 failure, 1 server; complete"
    ),
    (
        "nginx-event-loop",
        "blocked: 90000 us worker: 7 request: 89000 us host: a.org uri: /x\nworker: 7 turns: 9 average: 45 us longest: 90000 us",
        "nginx-event-loop: 1 blocking, 1 worker; complete"
    ),
    (
        "nginx-connections",
        "walk: worker: 7\nconnection: 5 worker: 7 state: idle requests: 19 read: f write: 0x0",
        "nginx-connections: 1 walk, 1 connection; complete"
    ),
    (
        "nginx-pools",
        """
        request: 90000 bytes pool: 8192 large: 81808 worker: 7 status: 200 host: a.org uri: /x
        size: from 65536 bytes requests: 1
        worker: 7 requests: 1 average: 90000 bytes of them large: 81808 most: 90000
        """, "nginx-pools: 1 request, 1 size, 1 worker; complete"
    ),
    (
        "lock-waits",
        """
        wait: 2000 us process: 7 lock: 0x55d0
         0x1 : main+0x112/0x2e0 [/b/waiter]

        waited: 1 process: 7 total: 2000 us longest: 2000 us lock: 0x55d0
        still: 9 us process: 7 thread: 8 lock: 0x55d0
        """, "lock-waits: 1 wait, 1 lock, 1 unfinished, 1 distinct stack; complete"
    ),
    (
        "off-cpu",
        """
        off: 2000 us waits: 2 longest: 1500 us state: sleep
         0x1 : main+0x65/0x130 [/b/sleeper]
        asleep: 1 state: sleep
        """, "off-cpu: 1 wait, 1 asleep, 1 distinct stack; complete"
    ),
    (
        "on-cpu", "sample: 7 thread: 8 sh\n 0x1 : main+0x1/0x2 [/bin/sh]\n",
        "on-cpu: 1 sample, 1 distinct stack; complete"
    ),
    (
        "dns-latency", "lookup: 64 us error: -2 process: 7 curl name: a.org",
        "dns-latency: 1 lookup; complete"
    ),
    (
        "connect-latency",
        """
        connected: 160 us process: 7 curl server: 127.0.0.1:80
        failed: 26 us error: 111 process: 7 curl server: [0:0:0:0:0:0:0:1]:80
        still: 9 us process: 7 curl server: 10.0.0.1:80
        """, "connect-latency: 1 connection, 1 failure, 1 unfinished; complete"
    ),
    ("fork-trace-c", "fork: 1 -> 2 sh", "fork-trace-c: 1 fork; complete"),
])
func theShippedRecipesLinesAreSummarized(name: String, output: String, headline: String) throws {
    var builder = try SummaryBuilder(try RecipeLoader.load(path: "\(recipes)/\(name).yaml"))
    builder.feed(saved: output)
    let summary = builder.finish(RunFacts(recipe: name, end: .exited))
    #expect(TextRenderer.headline(of: summary) == headline)
    #expect(summary.unmatchedExamples.isEmpty)
    #expect(summary.losses.isEmpty)
    #expect(!summary.tables.contains { $0.rows.contains { $0.contains(.none) } })
}

@Test func theOutputOfTheScriptWithAHostIsSummarized() throws {
    var builder = try SummaryBuilder(try RecipeLoader.load(path: "\(recipes)/nginx-5xx.yaml"))
    try SavedOutput.read(path: "\(Fixtures.folder)/tip17-host.txt", into: &builder)
    let text = TextRenderer().render(builder.finish(RunFacts(recipe: "nginx-5xx", savedOutput: "tip17")))
    #expect(text.contains("\n      1  -4  www.j9.com\n      ngx_http_finalize_request+0xe  t-coresystem"))
    #expect(text.contains("no unwind data for '/lib64/libc-2.12.so'"))
}
