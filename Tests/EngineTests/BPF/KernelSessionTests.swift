import BPF
import BPFCompiler
import Diagnostics
import Foundation
import Testing

@testable import Engine

/// What the kernel's verifier says to generated programs.
@Suite(.enabled(if: getuid() == 0, "loading BPF needs root"))
struct KernelSessionTests {
    static let scripts = [
        "probe PROGRAM.function(\"twice\") { printf(\"%d\\n\", $number) }",
        "probe PROGRAM.function(\"twice\") { if ($number > 2 && $pair->right < 0) printf(\"%d %s\\n\", $number, user_string($word)) }",
        "probe PROGRAM.function(\"twice\") { println($pair->flag, \" \") printf(\"%s\", user_string_n($pair->next->name, 3)) }",
        "global n probe PROGRAM.function(\"twice\") { n++; n += $number; if (n / $number % 3 == 1) exit() }",
        "global a probe PROGRAM.function(\"twice\") { a[$number, user_string($word)]++; a[1, \"x\"] = n; n = 2 }",
        "global a probe PROGRAM.function(\"twice\") { w = user_string($word); if (w == \"odd\") a[w] = w . execname(); if ([w] in a) delete a[w]; if (w < \"p\") print(a[w]) }",
        "global s probe PROGRAM.function(\"twice\") { s[execname()] <<< $number } probe end { print(@hist_log(s[\"x\"])) }",
        "global s probe PROGRAM.function(\"twice\") { s <<< $number } probe end { print(@hist_linear(s, 0, 100, 10)) }",
        "function f(x) { return x * 2 } function g(s) { return s . \"!\" } probe PROGRAM.function(\"twice\") { printf(\"%d %s\\n\", f(f($number)), g(g(user_string($word)))) }",
        "probe PROGRAM.function(\"twice\") { for (i = 0; i < $number; i++) { if (i == 3) break; if (i == 1) continue; printf(\"%d\\n\", i) } }",
        "probe PROGRAM.function(\"twice\") { p = $pair; while (p) { printf(\"%s\\n\", user_string(@cast(p, \"struct pair\")->name)); p = @cast(p, \"struct pair\")->next } }",
        "probe PROGRAM.function(\"twice\") { for (i = 0; i < 3; i++) for (j = 0; j < i; j++) { if (j == 2) next; printf(\"%d\\n\", i * j) } }",
        "function f(p) { while (p) { if (@cast(p, \"struct pair\", \"PATH\")->left == 3) return 5; p = @cast(p, \"struct pair\", \"PATH\")->next } return 0 } probe PROGRAM.function(\"twice\") { println(f($pair)) }",
        "probe PROGRAM.function(\"twice\").return { printf(\"%d %d\\n\", $return, @entry($number)) }",
        "probe PROGRAM.function(\"twice\") { print_ubacktrace() }",
        "probe PROGRAM.function(\"twice\") { try { println($number / 0) } catch { println(\"caught\") } }",
        "probe PROGRAM.function(\"twice\") { x = sprintf(\"%d-%x-%s\", $number, $number, user_string($word)); if (strlen(x) > 3) println(x) }",
        "probe PROGRAM.function(\"twice\") { println($counter) println(@var(\"counter\")) }",
        "global n probe PROGRAM.function(\"twice\") { printf(\"%d %d %d %d %s\\n\", pid(), tid(), uid(), gettimeofday_us() > 1700000000000000, ppfunc()) println(int_arg(1), user_string(pointer_arg(2))) }",
        "probe PROGRAM.function(\"twice\") { w = user_string($word); x = substr(w, 1, strlen(w) - 2) . user_string_quoted($word) . user_string_n_quoted($word, 3) . user_string_n_quoted($word, 3, 20) . user_buffer_quoted($word, 10, 8) . text_str(w) . text_strn(w, 5, 1) . string_quoted(w) . str_replace(w, \"d\", \"x\"); println(x, stringat(x, 2), isinstr(x, w), strtol(w, 16), isdigit(w)) }",
        "probe PROGRAM.function(\"twice\") { w = user_string($word); t = tokenize(w, \"d\"); while (t != \"\") { println(t); t = tokenize(\"d\") } }",
        "probe PROGRAM.function(\"twice\") { w = user_string($word); if (w =~ \"^od*\" && w !~ \"x|y\") println(w =~ \"[a-z]+$\") }",
        "probe PROGRAM.function(\"twice\") { w = user_string($word); x = sprintf(\"%#x %+d %-5s| %05d %*d %.*s %c %#c %b %o %X %p\", $number, $number, w, $number, $number, 3, 2, w, 65, 10, 65, 8, 255, 4096); println(x, strlen(x)) }",
        "probe PROGRAM.function(\"twice\") { try { println(user_string(16)) } catch (e) { if (e != \"\") println(e) } try { error(\"own\") } catch (e) { println(e) } }",
        "probe PROGRAM.function(\"twice\") { printf(\"%#.4m %#.4M %#M %#.*m %m\\n\", $word, $word, $word, $number, $word, $word) }",
        "probe timer.profile { if (user_mode() && pid() > 1) { print_ubacktrace() println(uaddr(), cpu()) } }",
        "global s probe kernel.trace(\"sched_switch\") { if (pid() == target()) s[ubacktrace()] <<< 1 }",
        "global s probe kernel.trace(\"sched_switch\") { s[sprint_backtrace()] <<< 1; print_backtrace() println(backtrace()) }",
        "global n probe kprobe.function(\"ksys_read\").call { n[pid(), execname()] += uint_arg(1); printf(\"%d %d\\n\", long_arg(7), register(\"rip\")) print_backtrace() print_ubacktrace() }",
        "probe kprobe.function(\"ksys_read\").return { println(returnval(), is_return(), user_mode(), ppfunc(), pp()) }",
        "global m[20] probe PROGRAM.function(\"twice\") { m[tid()] = m[tid()] + 1; m[0] += 5; if (m[0]++ > 3) println(m[0]) }",
    ]

    /// What nginx's recipes do with texts, in nested loops and functions.
    static let heavyScript = #"""
        function part(p, n) { q = user_string_n_quoted(p, n); if (substr(q, 0, 1) != "\"") return "?"; return substr(q, 1, strlen(q) - 2) }
        function word(p, n) { return str_replace(part(p, n), " ", "\\040") }
        function safe(s, n) {
            if (s =~ "//[^/?]*@|[Bb][Ee][Aa][Rr][Ee][Rr]|eyJ[A-Za-z0-9_-]*[.]") return sprintf("<redacted %d bytes>", n)
            t = tokenize(s, "?")
            return strlen(t) < strlen(s) ? sprintf("%s?<redacted>", t) : s
        }
        global seen%[100]
        probe PROGRAM.function("twice") {
            p = $pair
            while (p) {
                for (i = 0; i < 3; i++) {
                    w = word(@cast(p, "struct pair")->name, 40)
                    if (w !~ "^x") printf("%s %s %s\n", w, safe(part($word, 30), 3), word($word, 10))
                    seen[w, safe(w, 1)] = 1
                }
                p = @cast(p, "struct pair")->next
            }
            try { println(isinstr(word($word, 5), "d"), strtol(part($word, 2), 0)) } catch (e) { println(e) }
        }
        """#

    @Test(arguments: [128, 512, 4096]) func textsCostTheVerifierLittle(_ stringLength: Int) throws {
        var options = CompilerOptions()
        options.maximumStringLength = stringLength
        let session = try KernelSession(ProbedProgram.lowered(Self.heavyScript), options, ringBytes: 1 << 20)
        // The kernel allows a million; what strings' length adds must stay a small part of that.
        #expect(try #require(session.verifiedInstructions) < 200_000)
    }

    /// The code for kernels without `bpf_loop` is as good for newer ones.
    @Test(arguments: ["5.10.0", "5.15.0", "6.1.0"]) func textsNeedNothingOfNewKernels(_ release: String)
        throws
    {
        var options = CompilerOptions()
        options.maximumStringLength = 2048
        options.kernel = KernelFeatures(release: release)
        for script in Self.scripts.filter({
            $0.contains("tokenize(w, ") || $0.contains("sprintf") || $0.contains("=~")
                || $0.contains("text_str")
        }) {
            guard !script.contains("while") || options.kernel.hasLoop else { continue }
            let session = try KernelSession(ProbedProgram.lowered(script), options, ringBytes: 1 << 20)
            #expect(try #require(session.verifiedInstructions) < 100_000)
        }
    }

    @Test(arguments: [
        (
            "if (user_string($word) =~ \"(a|b)*a(a|b){12}\") next",
            "more than 1024 states"
        ),
        ("x = sprintf(\"%m\", $word); println(x)", "'%m' and '%M'"),
    ]) func whatCannotBeDoneIsNamed(_ body: String, _ words: String) throws {
        let program = try ProbedProgram.lowered("probe PROGRAM.function(\"twice\") { \(body) }")
        let error = try #require(throws: DiagnosticsError.self) {
            try KernelSession.check(program, CompilerOptions())
        }
        #expect(error.diagnostics.count == 1)
        #expect(error.diagnostics.first?.message.contains(words) == true, "\(error.diagnostics)")
    }

    /// The resolver does not look at what stap drops: here, what nobody reads.
    @Test(arguments: [
        "x = $number . \":\"", "x = \"a\" + 1", "x = !\"x\"", "x = $number == \"x\"", "x = 1; x = \"s\"",
        "x = user_string(\"x\")", "x = sprintf(\"%d\", \"x\")", "x = 5 =~ \"x\"", "strlen(5)",
    ]) func illTypedTermsAreNamed(_ body: String) throws {
        let error = try #require(throws: DiagnosticsError.self) {
            let script = "probe PROGRAM.function(\"twice\") { \(body); println($number) }"
            try KernelSession.check(ProbedProgram.lowered(script), CompilerOptions())
        }
        #expect(error.diagnostics.allSatisfy { $0.message.contains("is needed") }, "\(error.diagnostics)")
    }

    /// What is generated for this kernel, and what is for an old one, which this one takes too.
    @Test(arguments: scripts, [KernelFeatures(), KernelFeatures(release: "5.10.0-46-amd64")])
    func theVerifierTakes(_ script: String, _ kernel: KernelFeatures) throws {
        let program = try ProbedProgram.lowered(script.replacing("PATH", with: ProbedProgram.path))
        var options = CompilerOptions()
        options.kernel = kernel
        do {
            let session = try KernelSession(program, options, ringBytes: 1 << 20)
            // Loaded they are everywhere; where the kernel has no kprobes, they cannot be placed.
            if !script.contains("kprobe.") || Attachment.hasKernelProbes { _ = try session.attach() }
        } catch let error as BPFError {
            let tail = error.log.split(separator: "\n").suffix(25).joined(separator: "\n")
            Issue.record("\(error.operation) \(error.code)\n\(tail)")
        } catch let error as DiagnosticsError {
            Issue.record("\(error.diagnostics.map(\.message))")
        }
    }
}
