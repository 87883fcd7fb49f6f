import Foundation
import Lowering
import Testing

@testable import Engine

/// What probes of functions' returns do to stacks, and what the kernel does not tell of them.
@Suite(.enabled(if: getuid() == 0, "loading BPF needs root"), .serialized)
struct ReturnProbeTests {
    /// `first` only jumps to `second`, so that both return to where `first` was called.
    static let source = """
        #include <pthread.h>
        #include <stdlib.h>
        __attribute__((noinline)) int third(int n) { __asm__ volatile("" : "+r"(n) : : "memory"); return n + 1; }
        __attribute__((noinline)) int second(int n) { n = third(n) * 3; __asm__ volatile("" : "+r"(n)); return n; }
        __attribute__((noinline)) int first(int n) { __asm__ volatile("" : "+r"(n)); return second(n + 1); }
        __attribute__((noinline)) int caller(int n) { n = first(n); __asm__ volatile("" : "+r"(n)); return n; }
        __attribute__((noinline, noclone)) int deep(int n)
        {
            if (n > 0) { n = deep(n - 1); __asm__ volatile("" : "+r"(n)); }
            return n;
        }
        __attribute__((noinline)) void beat(int n) { __asm__ volatile("" : : "r"(n) : "memory"); }
        static void *work(void *unused) { for (int n = 0; n < 5; n++) beat(n); return unused; }
        int main(int count, char **words)
        {
            pthread_t threads[2];
            int sum = 0;
            for (int n = 0; n < 2; n++) { sum += caller(n); __asm__ volatile("" : "+r"(sum)); }
            if (count > 1) sum += deep(atoi(words[1]));
            for (int n = 0; n < 2; n++) pthread_create(&threads[n], NULL, work, NULL);
            for (int n = 0; n < 2; n++) pthread_join(threads[n], NULL);
            beat(sum);
            return 0;
        }
        """
    static let path = ProbedProgram.compiled(source, name: "returning", options: ["-O2", "-pthread"])

    private func functions(_ lines: [String]) -> [String] {
        lines.map { String($0.prefix { $0 != "+" }).trimmingCharacters(in: .whitespaces) }
    }

    /// In each of these, return addresses on the stack are the kernel's.
    @Test(arguments: [
        ("third\").call", "third second caller main"), ("third\").return", "second caller main"),
        ("second\").return", "caller main"), ("first\").return", "caller main"),
    ]) func callersAreKnownThroughReturnProbes(_ point: String, _ callers: String) async throws {
        let quiet = ["third", "second", "first", "caller", "main"]
            .map { "PROGRAM.function(\"\($0)\").return" }.joined(separator: ", ")
        let run = try await BPFEngineTests.run(
            """
            global n
            probe \(quiet) { n++ }
            probe PROGRAM.function("\(point) { print_ubacktrace_brief() }
            probe end { if (n == 0) println("no returns") }
            """, command: [Self.path])
        let wanted = callers.split(separator: " ").map(String.init)
        let lines = functions(run.lines)
        let length = lines.count / 2
        #expect(length * 2 == lines.count)
        #expect(Array(lines.prefix(wanted.count)) == wanted, "\(run.lines)")
        #expect(Array(lines.dropFirst(length).prefix(wanted.count)) == wanted, "\(run.lines)")
        #expect(lines.last == "_start", "\(run.lines)")
    }

    /// The kernel tells no more than 64 returns that are in each other (MAX_URETPROBE_DEPTH).
    @Test func returnsThatTheKernelMissesAreCounted() async throws {
        let run = try await BPFEngineTests.run(
            "global n probe PROGRAM.function(\"deep\").return { n++ } probe end { println(n) }",
            command: [Self.path, "99"])
        #expect(run.lines == ["64"])
        #expect(run.messages.contains { $0.contains("skipped probes: 36") }, "\(run.messages)")
        #expect(run.outcome.losses.skippedProbes == 36)
    }

    @Test(arguments: [
        ("probe PROGRAM.function(\"beat\") { if (pid() == target()) println($n) }", true),
        ("probe PROGRAM.function(\"beat\") { t = tid() if (target() == pid() && $n > t) println($n) }", true),
        ("probe PROGRAM.function(\"beat\") { if ($n && pid() == target()) println($n) }", false),
        ("probe PROGRAM.function(\"beat\") { if (pid() == target()) println(1) else println(2) }", false),
        ("probe PROGRAM.function(\"beat\") { if (pid() == target() || $n) println(1) }", false),
        ("global a probe PROGRAM.function(\"beat\") { a++ if (pid() == target()) println(1) }", false),
        ("probe PROGRAM.function(\"beat\") { if (pid() != target()) println(1) }", false),
        ("probe PROGRAM.function(\"beat\") { }", false),
    ]) func whatIsOfTheTargetAloneIsFound(_ script: String, _ isOfTarget: Bool) throws {
        let program = try ProbedProgram.lowered(script, path: Self.path)
        #expect(program.handlers.first?.isOfTargetAlone == isOfTarget)
    }

    /// Where there is a target, others are none of the run's business.
    @Test func onlyTheTargetAndItsDescendantsAreTraced() async throws {
        let run = try await BPFEngineTests.run(
            "global n probe PROGRAM.function(\"beat\") { n[pid()]++ } probe end { foreach (p in n) println(n[p]) }",
            command: ["/bin/sh", "-c", "'\(Self.path)'; '\(Self.path)'; sleep 0.3"],
            path: Self.path,
            meanwhile: {
                for _ in 0..<10 {
                    let other = Process()
                    other.executableURL = URL(filePath: Self.path)
                    try? other.run()
                    other.waitUntilExit()
                    usleep(20000)
                }
            })
        #expect(run.lines == ["11", "11"])
    }

    /// Its probes are placed in the target alone, and seen in all of its threads.
    @Test(arguments: [BPFEngineTests.kernelRelease, "6.6.0", "5.15.0"])
    func aProbeOfTheTargetAloneSeesAllItsThreads(_ release: String) async throws {
        let run = try await BPFEngineTests.run(
            """
            global n, m
            probe PROGRAM.function("beat") { if (pid() == target()) n++ }
            probe PROGRAM.function("beat").return { if (pid() == target()) m++ }
            probe end { println(n, " ", m) }
            """, command: [Self.path], kernelRelease: release)
        #expect(run.lines == ["11 11"])
    }
}
