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
        "global m[20] probe PROGRAM.function(\"twice\") { m[tid()] = m[tid()] + 1; m[0] += 5; if (m[0]++ > 3) println(m[0]) }",
    ]

    /// What is generated for this kernel, and what is for an old one, which this one takes too.
    @Test(arguments: scripts, [KernelFeatures(), KernelFeatures(release: "5.10.0-46-amd64")])
    func theVerifierTakes(_ script: String, _ kernel: KernelFeatures) throws {
        let program = try ProbedProgram.lowered(script.replacing("PATH", with: ProbedProgram.path))
        var options = CompilerOptions()
        options.kernel = kernel
        do {
            let session = try KernelSession(program, options, ringBytes: 1 << 20)
            _ = try session.attach()
        } catch let error as BPFError {
            let tail = error.log.split(separator: "\n").suffix(25).joined(separator: "\n")
            Issue.record("\(error.operation) \(error.code)\n\(tail)")
        } catch let error as DiagnosticsError {
            Issue.record("\(error.diagnostics.map(\.message))")
        }
    }
}
