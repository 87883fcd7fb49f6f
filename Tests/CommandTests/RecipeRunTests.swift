import Foundation
import Testing

/// The shipped recipes, run by the built-in engine on programs that do what is planted in them: every line that a
/// script prints is held against it.
@Suite(.enabled(if: getuid() == 0, "placing probes needs root"), .serialized)
struct RecipeRunTests {
    /// A run, and the lines that its script prints: regular expressions over whole lines, each with how often.
    struct Case: Sendable, CustomTestStringConvertible {
        var recipe: String
        var arguments: [String]
        var lines: [Line]
        /// What may be lost, by kind.
        var mayLose: Set<String>

        init(_ recipe: String, _ arguments: [String], _ lines: [Line], mayLose: Set<String> = []) {
            self.recipe = recipe
            self.arguments = arguments
            self.lines = lines
            self.mayLose = mayLose
        }

        var testDescription: String { ([recipe] + arguments).joined(separator: " ") }
    }

    /// Lines that are alike: an exact number of them, or at least one.
    struct Line: Sendable {
        var pattern: String
        var counts: ClosedRange<Int>

        init(_ pattern: String, _ count: Int = 1) {
            self.pattern = pattern
            counts = count...count
        }

        init(_ pattern: String, atLeast least: Int) {
            self.pattern = pattern
            counts = least ... .max
        }
    }

    // MARK: Any program

    /// What `Tests/Programs/planted.c` does.
    static let planted = [
        Case(
            "function-calls", ["--function", "[cv]*@*"],
            ["choose", "visit"].map {
                Line(#"calls: 5 process: \d+ call at: \S+planted\.c:\d+ function: \#($0)"#)
            }),
        Case(
            "function-variables", ["--function", "choose", "--hits", "4"],
            (0..<4).map { Line(#"hit: \#($0 + 1) of \d+ in choose variables: number=0x\#($0)"#) }),
        Case(
            "function-variables", ["--function", "visit", "--members"],
            [Line(#"hit: \d of \d+ in visit variables: node=\{\.value=\d+, \.name=\{\.\.\.\}, .*\}"#, 5)]),
        Case(
            "function-stacks", ["--function", "leaf"],
            [
                Line(#"call: leaf process: \d+"#, 4), Line(#" 0x[0-9a-f]+ : leaf\+0x0/.*"#, 4),
                Line(#" 0x[0-9a-f]+ : branch\+.*"#, 4), Line(#" 0x[0-9a-f]+ : root\+.*"#, 4),
                Line(#" 0x[0-9a-f]+ : main\+.*"#, 4), Line(#" 0x[0-9a-f]+ : .*"#, atLeast: 0),
                Line("", atLeast: 0),
            ]),
        Case(
            "function-arguments", ["--function", "arguments", "--text", "1"],
            [
                Line(
                    #"call: arguments process: \d+ arguments: 0x\S+ 0x2 0x3 0x4 0x5 0xfffffffffffffffa text: a text"#
                )
            ]),
        Case(
            "global-variable", ["--variable", "rounds", "--function", "visit"],
            (1...5).map { Line(#"after: \d+ ms process: \d+ value: \#($0)"#) }),
        Case(
            "global-variable", ["--variable", "first@planted.c", "--member", "value", "--function", "visit"],
            [Line(#"after: \d+ ms process: \d+ value: 10"#)]),
        Case(
            "member-values",
            ["--function", "visit", "--variable", "node", "--member", "name", "--inner", "length"],
            [
                Line("value: 3 seen: 4"), Line("value: 5 seen: 1"),
                Line(#"process: \d+ calls: 5 least: 3 average: 3 greatest: 5"#),
            ]),
        Case(
            "structure", ["--function", "visit", "--variable", "node"],
            [Line(#"structure: \d of \d+ in visit: \{\.value=\d+, \.name=\{\.\.\.\}, .*\}"#, 5)]),
        Case(
            "structure", ["--function", "visit", "--variable", "node", "--deep"],
            [
                Line(#"structure: \d of \d+ in visit: .*\.name=\{\.length=3, \.data="two"\}.*"#, 2),
                Line(#"structure: \d of \d+ in visit: .*\.name=\{\.length=5, \.data="three"\}.*"#),
                Line(#"structure: \d of \d+ in visit: .*\.data="one and what stands behind"\}.*"#, 2),
            ]),
        Case(
            "text-values",
            [
                "--function", "visit", "--variable", "node", "--member", "name", "--pointer", "data",
                "--length",
                "length",
            ],
            [Line("text: 2 one"), Line("text: 2 two"), Line("text: 1 three")]),
        Case(
            "text-values", ["--function", "arguments", "--variable", "text", "--matching", "^a "],
            [Line("text: 1 a text")]),
        Case(
            "cast-member",
            [
                "--function", "handle", "--variable", "event", "--pointer", "data", "--type", "struct node",
                "--member", "value",
            ], [Line("value: 20 seen: 1")]),
        Case(
            "pointer-to-pointer", ["--function", "replace", "--variable", "place", "--member", "value"],
            [Line("value: 10 seen: 1")]),
        Case(
            "linked-list",
            ["--function", "visit", "--variable", "node", "--type", "struct node", "--value", "value"],
            [
                Line("length: 3 seen: 2"), Line("length: 2 seen: 2"), Line("length: 1 seen: 1"),
                Line("value: 10 seen: 2"), Line("value: 20 seen: 4"), Line("value: 30 seen: 5"),
            ]),
        Case(
            "function-pointers", ["--function", "visit", "--variable", "node", "--member", "handler"],
            [Line(#"pointer: visit in \d+ at: twice"#, 3), Line(#"pointer: visit in \d+ at: thrice"#, 2)]),
        Case(
            "limits", ["--function", "visit", "--steps", "3", "--entries", "2", "--length", "20"],
            [Line(#"call: [0-4] steps: 3 entries: 2 text: 20 of 20 bytes: (0123456789){2}"#, 5)]),
        Case(
            "call-flow", ["--function", "[rbl]*@*"],
            [
                Line(#"flow: \d+ after: 0 us -> (root|replace)"#, 2),
                Line(#"flow: \d+ after: \d+ us \| -> branch"#, 2),
                Line(#"flow: \d+ after: \d+ us \| \| -> leaf"#, 4),
                Line(#"flow: \d+ after: \d+ us \| \| <- leaf"#, 4),
                Line(#"flow: \d+ after: \d+ us \| <- branch"#, 2),
                Line(#"flow: \d+ after: \d+ us <- (root|replace)"#, 2),
                Line(#"time: leaf calls: 4 total: \d+ us longest: \d+ us"#),
                Line(#"time: branch calls: 2 total: \d+ us longest: \d+ us"#),
                Line(#"time: (root|replace) calls: 1 total: \d+ us longest: \d+ us"#, 2),
            ]),
        Case(
            "executed-lines", ["--function", "choose"],
            [
                Line(#"line: \d+ hits: 2 at: choose@\S+:\d+"#, 2),
                Line(#"line: \d+ hits: 3 at: choose@\S+:\d+"#),
                Line(#"line: \d+ hits: 5 at: choose@\S+:\d+"#, 2),
            ]),
        Case(
            "top-reads", [],
            // Two reads of a file, two by vectors of another, and the dynamic linker's of libc.
            // And what reads in the two programs that it starts.
            [
                Line(#"reads: ([5-9]|1\d) bytes: [1-9]\d{3,} process: \d+ planted"#),
                Line(#"reads: \d+ bytes: \d+ process: \d+ true"#, 2),
            ]),
        Case(
            "signals", [],
            [
                Line(#"signal: SIGUSR1 ignored from: (\d+) planted to: \1 planted"#, 3),
                // The run ends its command.
                Line(#"signal: SIG(KILL|TERM|CONT) \S+ from: \d+ \S+ to: \d+ planted"#, atLeast: 0),
            ]),
        Case(
            "kernel-stacks", ["--tracepoint", "signal:signal_generate"],
            [
                // Three signals to itself, and how the run ends its command.
                Line(#"reached by: \d+ planted"#, atLeast: 3),
                Line(#" 0xf[0-9a-f]{15} : do_syscall_64\+0x\w+/0x\w+ \[kernel\]"#, atLeast: 3),
                Line(#" 0xf[0-9a-f]{15} : \S+\+0x\w+/0x\w+ \[kernel\]"#, atLeast: 9),
            ]),
        Case(
            "short-lived", ["--shorter-than", "20s"],
            [Line(#"ended: \d+ after: \d+ us code: 0 signal: 0 name: true parent: \d+ planted"#, 2)]),
        Case(
            "file-io", [],
            [
                Line(#"file: calls: 7 time: \d+ us read: 1700 written: 4000 path: planted\.data"#),
                Line(#"file: calls: 1 time: \d+ us read: 0 written: 700 path: planted\.copy"#),
                Line(
                    #"file: calls: 4 time: \d+ us read: 450 written: 450 path: (\./){300,}planted\.vectors"#),
                Line(#"file: calls: 2 time: \d+ us read: 0 written: 20 path: /{1000,}\.\.\."#),
                Line(#"file: calls: \d+ time: \d+ us read: \d+ written: 0 path: \S*/libc\.so\.6"#),
                Line(#"file: calls: 1 time: \d+ us read: 0 written: 30 path: fd 1"#),
                Line(#"failed: \d+ error: 2 ENOENT path: .*"#, atLeast: 0),
            ]),
        Case(
            "lock-waits", [],
            [
                Line(#"wait: [2-9]\d{4,} us process: \d+ lock: 0x[0-9a-f]+"#, 3),
                Line(#" 0x[0-9a-f]+ : enter\+.*"#, 3), Line(#" 0x[0-9a-f]+ : enter_and_leave\+.*"#, 3),
                Line(#" 0x[0-9a-f]+ : .*"#, atLeast: 3), Line("", atLeast: 0),
                Line(#"waited: 3 process: \d+ total: \d+ us longest: \d+ us lock: 0x[0-9a-f]+"#),
            ]),
        Case(
            "dns-latency", [],
            [
                Line(#"lookup: \d+ us result: found process: \d+ planted name: 127\.0\.0\.1"#, 2),
                Line(#"lookup: \d+ us result: NONAME process: \d+ planted name: no\\040address"#),
            ]),
        Case(
            "connect-latency", [],
            [
                Line(#"connected: \d+ us process: \d+ planted server: 127\.0\.0\.1:\d+"#, 2),
                Line(
                    #"failed: \d+ us error: 111 ECONNREFUSED process: \d+ planted server: 127\.0\.0\.1:\d+"#),
            ]),
    ]

    /// The recipes that take no `--binary`: they probe the kernel, or libc.
    private static let withoutBinary: Set = [
        "kernel-stacks", "top-reads", "signals", "short-lived", "file-io", "lock-waits", "dns-latency",
        "connect-latency",
    ]

    private static let program: String = {
        let folder = "/var/tmp/taprecipe-planted-\(getpid())"
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let compiler = Process()
        compiler.executableURL = URL(fileURLWithPath: "/usr/bin/cc")
        compiler.arguments = [
            "-g", "-O1", "-fno-builtin", "-fno-optimize-sibling-calls", "-o", folder + "/planted",
            Tool.root + "/Tests/Programs/planted.c",
        ]
        try? compiler.run()
        compiler.waitUntilExit()
        return folder + "/planted"
    }()

    @Test(arguments: planted)
    func whatIsPlantedInAProgramIsFound(run: Case) throws {
        let binary = Self.withoutBinary.contains(run.recipe) ? [] : ["--binary", Self.program]
        try Self.hold(
            run, status: 0,
            [run.recipe] + binary + run.arguments + ["--timeout", "20s"], command: [Self.program])
    }

    // MARK: nginx

    /// What `Tests/Programs/under-nginx-load.sh` has nginx do.
    static let nginx = [
        Case(
            "nginx-latency", [],
            [
                // Five of /fine, /up/header, /up/body, /dawdle, /big/, /logged; and three of /down, /short, /up/503.
                Line(#"class: 2 requests: 10 average: \d+ us longest: \d{6,} us"#),
                Line(#"class: 5 requests: 5 average: \d+ us longest: \d{6,} us"#),
                Line(#"latency: class [25] from: \d+ us requests: \d"#, atLeast: 1),
            ]),
        Case(
            "nginx-latency", ["--host", "^www"],
            [
                Line(#"class: 2 requests: 5 average: \d+ us longest: \d+ us"#),
                Line(#"latency: class 2 from: \d+ us requests: \d"#, atLeast: 1),
            ]),
        Case(
            "nginx-in-flight", ["--interval", "100ms"],
            [
                Line(#"worker: \d+ samples: \d+ average: \d+\.\d most: [1-9]"#, atLeast: 1),
                Line(#"open: \d+ ms worker: \d+ host: - uri: -"#),
            ]),
        Case(
            "nginx-slow-requests", ["--longer-than", "550ms"],
            [
                Line(
                    #"slow: \d+ ms phase: wait .* tries: 1 status: 200 host: \S+ method: GET uri: /up/header"#
                ),
                Line(
                    #"slow: \d+ ms phase: answer .* tries: 1 status: 200 host: \S+ method: GET uri: /up/body"#
                ),
                Line(
                    #"slow: \d+ ms phase: read .* tries: 0 status: 200 host: dawdle\.example\.com method: GET uri: /dawdle"#
                ),
                // A busy machine slows others down, too.
                Line(#"slow: \d+ ms phase: \w+ .* uri: /(big/|short|down/[ab]|up/503|fine)"#, atLeast: 0),
            ]),
        Case(
            "nginx-upstreams", [],
            [
                Line(#"failure: error server: 127\.0\.0\.1:\d+ host: \S+ uri: /down/a"#),
                Line(#"failure: error server: 127\.0\.0\.1:\d+ host: \S+ uri: /down/b"#, 2),
                Line(#"failure: timeout server: 127\.0\.0\.1:\d+ host: \S+ uri: /short"#),
                Line(#"answers: 3 status: 0 server: \S+"#), Line(#"answers: 1 status: 0 server: \S+"#),
                Line(#"answers: 2 status: 200 server: \S+"#), Line(#"answers: 1 status: 503 server: \S+"#),
            ]),
        Case(
            "nginx-event-loop", ["--longer-than", "2ms"],
            [
                Line(#"blocked: \d+ us worker: \d+ request: \d+ us host: \S+ uri: /big/"#),
                Line(#"blocked: \d{6,} us worker: \d+ request: \d{6,} us host: \S+ uri: /logged"#),
                Line(#"blocked: \d+ us worker: \d+ request: \d+ us host: \S+ uri: .*"#, atLeast: 0),
                Line(#"call: \d{6,} us worker: \d+"#, atLeast: 1),
                Line(#"call: \d+ us worker: \d+"#, atLeast: 0),
                Line(#" 0x[0-9a-f]+ : ngx_http_log_handler\+.*"#, atLeast: 1),
                Line(#"tick: \d+ us worker: \d+"#, atLeast: 1),
                Line(#" 0x[0-9a-f]+ : ngx_http_autoindex_handler\+.*"#, atLeast: 1),
                Line(#" 0x[0-9a-f]+ : main\+.*"#, atLeast: 2), Line(#" 0x[0-9a-f]+ : .*"#, atLeast: 0),
                Line("", atLeast: 0),
                Line(#"worker: \d+ turns: \d+ average: \d+ us longest: \d+ us"#, atLeast: 1),
            ],
            // A stack amid the sorting of the listing may be deeper than what is copied of it.
            mayLose: ["unfinished-stacks"]),
        Case(
            "nginx-connections", ["--interval", "0ms"],
            [
                Line(
                    #"connection: \d+ worker: \d+ state: listening requests: \d+ read: ngx_event_accept write: 0x0"#,
                    atLeast: 1),
                Line(
                    #"connection: \d+ worker: \d+ state: upstream requests: \d+ read: ngx_http_upstream_handler write: ngx_http_upstream_handler"#,
                    atLeast: 1),
                Line(
                    #"connection: \d+ worker: \d+ state: client requests: \d+ read: ngx_http_process_request_headers write: ngx_http_empty_handler"#,
                    atLeast: 1),
                Line(
                    #"connection: \d+ worker: \d+ state: (client|channel|idle|upstream) requests: \d+ read: \S+ write: \S+"#,
                    atLeast: 1),
                Line(#"walk: worker: \d+ left out: 0"#, atLeast: 1),
            ]),
        Case(
            "nginx-pools", [],
            [
                Line(
                    #"request: 1\d{6} bytes pool: \d+ large: \d+ worker: \d+ status: 200 host: \S+ uri: /big/"#
                ),
                Line(#"size: from 8192 bytes requests: 14"#), Line(#"size: from 1048576 bytes requests: 1"#),
                Line(
                    #"worker: \d+ requests: \d+ average: \d+ bytes of them large: \d+ most: \d+"#, atLeast: 1),
            ]),
        // Recipes for any program, on nginx.
        Case(
            "connect-latency", ["--pid", "NGINX_PID"],
            [
                Line(#"connected: \d+ us process: \d+ nginx server: 127\.0\.0\.1:\d+"#, 4),
                Line(
                    #"failed: \d+ us error: 111 ECONNREFUSED process: \d+ nginx server: 127\.0\.0\.1:\d+"#, 3),
            ]),
        Case(
            "text-values",
            [
                "--function", "ngx_http_handler", "--variable", "r", "--member", "unparsed_uri", "--pointer",
                "data",
                "--length", "len", "--matching", "fine",
            ], [Line(#"text: 5 /fine\?<redacted>"#)]),
        Case(
            "text-values",
            [
                "--function", "ngx_http_handler", "--variable", "r", "--member", "unparsed_uri", "--pointer",
                "data",
                "--length", "len", "--matching", "fine", "--show-secrets",
            ], [Line(#"text: 5 /fine\?token=planted-secret"#)]),
        Case(
            "function-pointers",
            ["--function", "ngx_http_free_request", "--variable", "r", "--member", "write_event_handler"],
            [Line(#"pointer: ngx_http_free_request in \d+ at: ngx_http_\w+"#, 15)]),
    ]

    private static let binary: String? = {
        let cache = Tool.root + "/.cache"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: cache)) ?? []
        return names.filter { $0.hasPrefix("nginx-") }.map { "\(cache)/\($0)/nginx" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    @Test(arguments: nginx)
    func whatNginxDidIsFound(run: Case) throws {
        let binary = try #require(Self.binary, "nginx is not built: Scripts/nginx.sh makes it")
        // The load interrupts the run.
        try Self.hold(
            run, status: 130, [run.recipe] + run.arguments + ["--timeout", "60s", "--verbose"],
            shell: "'\(Tool.root)/Tests/Programs/under-nginx-load.sh' '\(binary)' \"$@\"")
    }

    // MARK: What real stap says

    /// Return probes need a corrected build tree and tracepoints take stap a minute, so that those are left out.
    @Test(arguments: planted.filter { !withoutBinary.contains($0.recipe) && $0.recipe != "call-flow" })
    func stapAcceptsTheScript(run: Case) throws {
        try Self.requireStapAccepts([run.recipe, "--binary", Self.program] + run.arguments)
    }

    /// Those that are run in the virtual machine alone (`Tests/VM`).
    @Test(arguments: [
        (
            "set-variable",
            ["--function", "decide", "--variable", "limit", "--element", "0", "--value", "222"]
        ),
        ("module-calls", ["--module-name", "ext4", "--function", "ext4_sync_file"]),
    ])
    func stapAcceptsWhatIsNotRunHere(recipe: String, arguments: [String]) throws {
        let binary = recipe == "set-variable" ? ["--binary", Self.program] : []
        try Self.requireStapAccepts([recipe] + binary + arguments, options: "-g -x 1")
    }

    /// Holds the script that a recipe and its arguments make against stap's second pass.
    private static func requireStapAccepts(_ words: [String], options: String = "") throws {
        let script = try Tool().run(["expand"] + words)
        #expect(script.status == 0, "\(script)")
        let path = program + ".\(UUID()).stp"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try script.output.write(toFile: path, atomically: true, encoding: .utf8)
        let stap = try Tool(shell: "exec stap \(options) -r 6.1.0-56-amd64 -p2 '\(path)'").run([], limit: 120)
        #expect(stap.status == 0, "\(stap)")
    }

    // MARK: Support

    /// Runs the recipe and holds its script's lines against those of the case.
    private static func hold(
        _ run: Case, status: Int32, _ words: [String], command: [String] = [], shell: String? = nil
    ) throws {
        let raw = FileManager.default.temporaryDirectory.appending(path: "taprecipe-\(UUID()).raw").path
        defer { try? FileManager.default.removeItem(atPath: raw) }
        let options = ["--engine", "bpf", "--no-retry", "--format", "json", "--raw", raw]
        let result = try Tool(shell: shell).run(
            ["run"] + words + options + (command.isEmpty ? [] : ["--"] + command), limit: 150)
        #expect(result.status == status, "\(result)")
        var lines = try String(contentsOfFile: raw, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false
        ).dropLast()
        for line in run.lines {
            let pattern = try Regex(line.pattern)
            let before = lines.count
            lines.removeAll { $0.wholeMatch(of: pattern) != nil }
            let found = before - lines.count
            #expect(line.counts.contains(found), "\(found) lines match \(line.pattern)")
        }
        #expect(lines.isEmpty, "lines that were not planted")
        // The program's own output may stand before the summary.
        let json = result.output.drop { $0 != "{" }
        let summary = try #require(
            JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any], "\(result)")
        #expect((summary["unmatchedLines"] as? [Any])?.isEmpty == true, "\(summary)")
        let losses = try #require(summary["losses"] as? [[String: Any]]).compactMap { $0["kind"] as? String }
        #expect(run.mayLose.isSuperset(of: losses), "\(summary)")
    }
}
