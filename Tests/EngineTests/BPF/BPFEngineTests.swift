import Diagnostics
import Foundation
import RecipeModel
import StapMessages
import Synchronization
import Templater
import Testing

@testable import Engine

/// Scripts run by the built-in engine on a small program, on this machine's own kernel.
@Suite(.enabled(if: getuid() == 0, "loading BPF needs root"), .serialized)
struct BPFEngineTests {
    /// What a run printed, and what it came to.
    struct Run {
        var bytes: [[UInt8]]
        var lines: [String] { bytes.map { String(decoding: $0, as: UTF8.self) } }
        var messages: [String]
        /// What the command itself printed.
        var commandLines: [String]
        var outcome: RunOutcome
    }

    /// Runs a script with the program as its command.
    static func run(
        _ script: String, command: [String]? = [ProbedProgram.path, "3"], path: String? = nil,
        target: RunTarget = .none, limits: Limits = Limits(), timeout: Duration = .seconds(20),
        kernelRelease: String = Self.kernelRelease, meanwhile: @escaping @Sendable () -> Void = {}
    ) async throws -> Run {
        let program = try ProbedProgram.lowered(script, path: path ?? command?.first ?? ProbedProgram.path)
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "taprecipe-bpf-\(UUID().uuidString)"
        ).path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var request = RunRequest(
            script: EngineTests.script(script, limits: limits),
            target: command.map { .command($0) } ?? target, kernelRelease: kernelRelease,
            budget: Budget(timeout: timeout),
            directories: EngineDirectories(
                cache: folder + "/cache", state: folder + "/state", runtime: folder + "/run"),
            environment: ProcessInfo.processInfo.environment)
        request.maximumRetries = 0
        let lines = Mutex<[[UInt8]]>([])
        let commandLines = Mutex<[String]>([])
        let outcome = try await BPFEngine(program).run(request) { event in
            if case .phase(.trace) = event { Thread.detachNewThread(meanwhile) }
            if case .line(let line) = event { lines.withLock { $0.append(Array(line)) } }
            if case .commandLine(let line) = event {
                commandLines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
            }
        }
        return Run(
            bytes: lines.withLock { $0 }, messages: outcome.messages.map { $0.message.text },
            commandLines: commandLines.withLock { $0 }, outcome: outcome)
    }

    static let kernelRelease: String = {
        var names = utsname()
        uname(&names)
        return withUnsafeBytes(of: names.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }()

    /// Scripts and what they print for three rounds of the program.
    static let cases: [(script: String, lines: [String])] = [
        (
            "probe PROGRAM.function(\"twice\") { printf(\"%d %s %d\\n\", $number, user_string($word), $pair->left) }",
            ["1 odd 1", "2 even 1", "3 odd 1"]
        ),
        (
            "probe begin { println(\"begin\") } probe end { println(\"end\") } probe PROGRAM.function(\"twice\").return { println($return) }",
            ["begin", "6", "9", "10", "end"]
        ),
        (
            "global n, sum probe PROGRAM.function(\"twice\") { n++; sum += $number } probe end { printf(\"%d %d\\n\", n, sum) }",
            ["3 6"]
        ),
        (
            "global a probe PROGRAM.function(\"twice\") { a[user_string($word)] += $number } probe end { foreach (w in a+) printf(\"%s %d\\n\", w, a[w]) }",
            ["even 2", "odd 4"]
        ),
        (
            "global s probe PROGRAM.function(\"twice\") { s[user_string($word)] <<< $number } probe end { foreach (w+ in s) printf(\"%s %d %d %d\\n\", w, @count(s[w]), @sum(s[w]), @max(s[w])) }",
            ["even 1 2 2", "odd 2 4 3"]
        ),
        (
            "probe PROGRAM.function(\"twice\") { p = $pair; while (p) { printf(\"%s \", user_string(@cast(p, \"struct pair\")->name)); p = @cast(p, \"struct pair\")->next } println($pair->next->flag, $pair->right) }",
            ["first second 5-2", "first second 5-2", "first second 5-2"]
        ),
        (
            "probe PROGRAM.function(\"twice\") { if ($number == 2) exit(); println($number) }",
            ["1", "2"]
        ),
        (
            "probe PROGRAM.function(\"twice\").return { printf(\"%d %d\\n\", @entry($number), $return) }",
            ["1 6", "2 9", "3 10"]
        ),
        (
            "probe PROGRAM.function(\"twice\") { w = user_string($word) . \"-\" . execname(); if (w == \"odd-probed\") println(w, strlen(w)); if (w < \"f\") println(sprintf(\"%d:%s\", -$number, w)) }",
            ["odd-probed10", "-2:even-probed", "odd-probed10"]
        ),
        (
            "function double:long(x) { return x * 2 } probe PROGRAM.function(\"twice\") { for (i = 0; i < 5; i++) { if (i == 1) continue; if (i == 3) break; printf(\"%d \", double(i) + $number) } printf(\"\\n\") }",
            ["1 5 ", "2 6 ", "3 7 "]
        ),
        (
            "probe PROGRAM.function(\"twice\") { w = user_string($word); println(substr(w, 1, 2), \" \", user_string_quoted($word), user_string_n_quoted($word, 2), str_replace(w, \"e\", \"--\"), stringat(w, 0), isinstr(w, \"dd\"), strtol(\"0x1f\", 16), isdigit(\"7\"), user_string_quoted(16)) }",
            [
                "dd \"odd\"\"od\"odd11113110x10", "ve \"even\"\"ev\"--v--n10103110x10",
                "dd \"odd\"\"od\"odd11113110x10",
            ]
        ),
        (
            "probe PROGRAM.function(\"twice\") { t = tokenize(\"/a//b\" . user_string($word), \"/\"); while (t != \"\") { printf(\"%s|\", t); t = tokenize(\"/\") } printf(\"%s\\n\", tokenize(\"/\")) }",
            ["a|bodd|", "a|beven|", "a|bodd|"]
        ),
        (
            "probe PROGRAM.function(\"twice\") { w = user_string($word); println(w =~ \"^o.d$\", w !~ \"v\", w =~ \"^$\", w =~ \"(ev)+e?n\") }",
            ["1100", "0001", "1100"]
        ),
        (
            "probe PROGRAM.function(\"twice\") { x = sprintf(\"%#x %+d %-5s|%05d %*d %.*s %c %#c %o %X %p\", $number, $number, user_string($word), -$number, $number, 3, 2, user_string($word), 65, 10, 8, 255, 4096); println(x) }",
            [
                "0x1 +1 odd  |-0001 3 od A \\n 10 FF 0x1000", "0x2 +2 even |-0002  3 ev A \\n 10 FF 0x1000",
                "0x3 +3 odd  |-0003   3 od A \\n 10 FF 0x1000",
            ]
        ),
        (
            "function f(p) { return user_string(p) } probe PROGRAM.function(\"twice\") { try { println(f(16)) } catch (e) { println(e) } try { x = 1 / ($number - 1); if (x == 1) error(\"own\" . sprint(x)) } catch (e) { println(e) } }",
            [
                "user string copy fault -14 at 0x10 [man error::fault]", "division by 0",
                "user string copy fault -14 at 0x10 [man error::fault]", "own1",
                "user string copy fault -14 at 0x10 [man error::fault]",
            ]
        ),
        (
            "probe PROGRAM.function(\"twice\") { printf(\"%d %d %d\\n\", -7 / $number, -7 % 3, 7 >> 1) println($counter) }",
            ["-7 -1 3", "7", "-3 -1 3", "8", "-2 -1 3", "10"]
        ),
        (
            "probe PROGRAM.function(\"twice\") { printf(\"%#.3m %#.*M %#M|\\n\", $word, $number, $word, $word) }",
            ["odd 6f 6f|", "eve 6576 65|", "odd 6f6464 6f|"]
        ),
        // What only the process can do: the handlers are left to it, with what the event tells.
        (
            "global a probe PROGRAM.function(\"twice\") { a[user_string($word)] += $number foreach (w in a-) printf(\"%s=%d \", w, a[w]) println(execname(), $pair->left) }",
            ["odd=1 probed1", "even=2 odd=1 probed1", "odd=4 even=2 probed1"]
        ),
        (
            "global stacks probe PROGRAM.function(\"twice\") { stacks[ubacktrace()] <<< $number } probe end { foreach (s in stacks) printf(\"%d %d\\n\", @count(stacks[s]), @sum(stacks[s])) }",
            ["3 6"]
        ),
        (
            "global seen function note(n, w) { if (!(n in seen)) seen[n] = tokenize(w, \"d\") return tid() == pid() } probe PROGRAM.function(\"twice\") { if ($number > 1) println(note($number, user_string($word))) } probe end { foreach (n+ in seen) println(n, seen[n]) }",
            ["1", "1", "2even", "3o"]
        ),
        (
            "probe PROGRAM.function(\"twice\") { w = user_string($word); if (w =~ \"(o|e)([a-z])(x)?\") println(matched(0), matched(1), \"|\", matched(2), matched(3), ngroups()) }",
            ["odo|d4", "eve|v4", "odo|d4"]
        ),
        (
            "probe PROGRAM.function(\"twice\") { s = indent(1); println(substr(s, strlen(s) - 2, 2), strlen(thread_indent(0)) > 9) }",
            [" :1", ": 1", "  1"]
        ),
        (
            "global s probe PROGRAM.function(\"twice\") { s <<< $number; foreach (i in @hist_linear(s, 0, 4, 1) limit 4) printf(\"%d:%d \", i, @hist_linear(s, 0, 4, 1)[i]) }",
            ["0:0 1:0 2:1 3:0 0:0 1:0 2:1 3:1 0:0 1:0 2:1 3:1 "]
        ),
        (
            "probe PROGRAM.function(\"twice\").return { println(@entry($number + 1), @entry(user_string($word)), $pair->name$, $return) }",
            ["2odd\"first\"6", "3even\"first\"9", "4odd\"first\"10"]
        ),
        (
            "global n, t, s, a, by, last = 7 probe PROGRAM.function(\"twice\") { n++; w = t = user_string($word); s <<< $number; a[$number, \"k\"] = n; by[w] += $number; last = n }",
            [
                "t=\"odd\"", "s @count=3 @min=1 @max=3 @sum=6 @avg=2", "a[3,\"k\"]=3", "a[2,\"k\"]=2",
                "a[1,\"k\"]=1", "by[\"odd\"]=4", "by[\"even\"]=2", "last=3",
            ]
        ),
        (
            "global last probe PROGRAM.function(\"twice\") { if ($number == 3) delete last; last[\"x\", $number] = $counter } probe end { foreach ([x, n] in last) println(x, n, last[x, n]) }",
            ["x310"]
        ),
    ]

    @Test(arguments: cases) func itPrints(_ script: String, _ lines: [String]) async throws {
        let run = try await Self.run(script)
        #expect(run.lines == lines)
        #expect(run.messages == [])
        #expect(run.outcome.ending == .completed)
    }

    @Test func aBacktraceIsWholeWithoutFramePointers() async throws {
        let run = try await Self.run(
            "probe PROGRAM.function(\"twice\") { if ($number == 2) { print_ubacktrace() println(usymname(uaddr())) } }"
        )
        #expect(run.messages == [])
        let functions = run.lines.prefix(3).map { line in
            String(line.drop { $0 != ":" }.dropFirst(2).prefix { $0 != "+" })
        }
        #expect(functions == ["twice", "outer", "main"])
        #expect(run.lines.dropFirst(3).contains { $0.contains("__libc_start_main") })
        #expect(run.lines.contains { $0.hasSuffix("[\(ProbedProgram.path)]") })
        #expect(run.lines.last == "twice")
    }

    @Test func aFaultCountsOnlyWhereItsValueIsWanted() async throws {
        let run = try await Self.run(
            "probe PROGRAM.function(\"twice\") { s = sprint_ubacktrace(); if (s =~ \"outer\") println($number == 2 ? strlen(user_string(8)) : -1) }"
        )
        #expect(run.lines == ["-1"], "\(run.messages)")
        #expect(run.messages.first?.hasPrefix("user string copy fault -14 at 0x8 [man error::fault]") == true)
    }

    @Test(arguments: [
        ("println(1 / ($number - 1))", "division by 0 near operator '/'"),
        ("x = 4; x %= ($number - 1)", "division by 0 near operator '%='"),
        ("a[tokenize(\"x y\", \" \")] = 1 / ($number - 1)", "division by 0 near operator '/'"),
        ("println($pair->next->next->left)", "read fault [man error::fault] at 0x0 near identifier '$pair'"),
        ("println(stringat(\"abc\", 3))", "Position out of bounds near identifier 'stringat'"),
        ("error(\"own\")", "own"),
    ])
    func aFailureIsNamedByTheTokenThatStapNames(_ statement: String, _ message: String) async throws {
        let run = try await Self.run(
            "global a probe begin { a[\"y\"] = 1 } probe PROGRAM.function(\"twice\") { \(statement) } probe error { if (\"x\" in a) println(1) }"
        )
        #expect(run.messages.map { $0.replacing(#/ at <input>.*/#, with: "") } == [message])
    }

    #if arch(x86_64)
        @Test func registersGoByTheNamesOfTheirParts() async throws {
            let run = try await Self.run(
                "probe PROGRAM.function(\"twice\") { n = 1; println(long_arg(n) == $number, register(\"edi\") == $number, register(\"rsi\") == pointer_arg(2), u_register(\"di\") == $number, register(\"rip\") == uaddr()) }"
            )
            #expect(run.lines == ["11111", "11111", "11111"], "\(run.messages)")
        }
    #endif

    @Test func aFaultEndsTheRunInStapsWords() async throws {
        let run = try await Self.run(
            "probe PROGRAM.function(\"twice\") { println($number) println(user_string(16)) }")
        #expect(run.lines == ["1"])
        #expect(
            run.messages.first?.hasPrefix("user string copy fault -14 at 0x10 [man error::fault]") == true)
        #expect(run.outcome.ending == .limitReached(.macro(.MAXERRORS)))
    }

    @Test func furtherHandlersRunWhereErrorsAreBorne() async throws {
        let run = try await Self.run(
            "probe PROGRAM.function(\"twice\") { println($number) if ($number < 3) error(\"own\" . sprint($number)) println(\"on\") }",
            limits: Limits(macros: [.MAXERRORS: 5]))
        #expect(run.lines == ["1", "2", "3", "on"])
        #expect(run.messages.map { String($0.prefix(4)) } == ["own1", "own2"])
    }

    /// Kernels before 5.17 have no `bpf_loop`.
    @Test func loopsAreJumpsForAnOldKernel() async throws {
        let run = try await Self.run(
            "probe PROGRAM.function(\"twice\") { for (i = 0; i < 9; i++) { if (i == 1) continue; for (j = 0; j < i; j++) { if (j == 3) break; n += j } if (i == 6) break } printf(\"%d %d\\n\", i, n) for (k = 0; k < 50; k++) n++; while (1) { if (n++ > 100) next } }",
            command: [ProbedProgram.path, "2"], kernelRelease: "5.10.0-46-amd64")
        #expect(run.lines == ["6 13", "6 13"])
        #expect(run.messages == [])
    }

    @Test func aLoopThatAnOldKernelCannotFollowIsAnError() async throws {
        var limits = Limits()
        limits.macros[.MAXACTION] = 10_000_000
        let run = try await Self.run(
            "probe PROGRAM.function(\"twice\") { println(\"before\") while (1) { x++ } println(x) }",
            limits: limits,
            kernelRelease: "5.10.0-46-amd64")
        #expect(run.lines == ["before"])
        #expect(run.messages.first?.hasPrefix("the loop may go round ") == true)
    }

    @Test func anEndlessLoopEndsAtMaxaction() async throws {
        let run = try await Self.run("probe PROGRAM.function(\"twice\") { while (1) { x++ } println(x) }")
        #expect(run.lines == [])
        #expect(run.messages.first?.hasPrefix("MAXACTION exceeded") == true)
    }
}
