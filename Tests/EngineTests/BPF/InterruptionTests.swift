import BPFCompiler
import Diagnostics
import Foundation
import Testing

@testable import Engine

/// What the kernel tells of a program while it does not call a probed function: samples of processors' counters, and
/// tracepoints, with the stack of the program that is interrupted.
@Suite(
    .enabled(
        if: getuid() == 0 && FileManager.default.fileExists(atPath: "/sys/kernel/btf/vmlinux"),
        "loading BPF needs root, the kernel's types its BTF"), .serialized)
struct InterruptionTests {
    /// Takes half a second of a processor in `burn`, or in the kernel for `fill`, or sleeps in `nap`.
    static let source = """
        #include <fcntl.h>
        #include <string.h>
        #include <time.h>
        #include <unistd.h>
        static char block[1 << 20];
        static double used(void)
        {
            struct timespec now;
            clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
            return now.tv_sec + now.tv_nsec / 1e9;
        }
        __attribute__((noinline, noclone)) long burn(long n)
        {
            for (long i = 0; i < 20000000; i++) { n = n * 3 + i; __asm__ volatile("" : "+r"(n)); }
            return n;
        }
        __attribute__((noinline, noclone)) long fill(long n)
        {
            int zeros = open("/dev/zero", O_RDONLY);
            for (int i = 0; i < 100; i++) n += read(zeros, block, sizeof block);
            close(zeros);
            __asm__ volatile("" : "+r"(n));
            return n;
        }
        __attribute__((noinline, noclone)) long nap(long n)
        {
            usleep(1000);
            __asm__ volatile("" : "+r"(n));
            return n + 1;
        }
        __attribute__((noinline, noclone)) long outer(const char *what, long n)
        {
            n = !strcmp(what, "burn") ? burn(n) : !strcmp(what, "fill") ? fill(n) : nap(n);
            __asm__ volatile("" : "+r"(n));
            return n + 1;
        }
        int main(int count, char **words)
        {
            long sum = 0;
            if (count > 1 && !strcmp(words[1], "nap")) for (int i = 0; i < 20; i++) sum += outer("nap", i);
            else while (used() < 0.5) sum += outer(words[1], sum);
            __asm__ volatile("" : "+r"(sum));
            return 0;
        }
        """
    static let path = ProbedProgram.compiled(source, name: "burning", options: ["-O1"])

    /// The functions of the stacks that `print_ubacktrace_brief` printed behind lines that say `stack`.
    private func stacks(_ lines: [String]) -> [[String]] {
        lines.split(separator: "stack", omittingEmptySubsequences: true).map { lines in
            lines.map { String($0.prefix { $0 != "+" }).trimmingCharacters(in: .whitespaces) }
        }
    }

    /// Whether a stack has these functions, each called by the next.
    private func has(_ functions: [String], _ stack: [String]) -> Bool {
        stack.firstIndex(of: functions[0]).map { Array(stack[$0...].prefix(functions.count)) == functions }
            ?? false
    }

    @Test(arguments: [
        "timer.profile", "timer.profile.freq.hz(199)", "perf.sw.cpu_clock",
        "perf.sw.cpu_clock.sample(2000000)",
        "perf.sw.cpu_clock.hz(99)", "perf.type(1).config(0).PROGRAM", "perf.sw.task_clock.PROGRAM",
    ]) func samplesTellWholeStacks(_ point: String) async throws {
        let run = try await BPFEngineTests.run(
            """
            global samples, others
            probe \(point) {
                if (pid() == target() && user_mode()) {
                    samples <<< uaddr() > 0
                    println("stack")
                    print_ubacktrace_brief()
                }
                if (execname() != "burning") others++
            }
            probe end { printf("end %d %d %d\\n", @count(samples) > 0, @min(samples), others > 0) }
            """, command: [Self.path, "burn"])
        #expect(run.messages == [])
        let found = stacks(run.lines.dropLast())
        let burning = found.filter { $0.first == "burn" }
        // All but what the program does to see how long it has burnt.
        #expect(burning.count > found.count / 2, "\(run.lines)")
        for stack in burning {
            #expect(Array(stack.prefix(3)) == ["burn", "outer", "main"])
            #expect(stack.last == "_start")
        }
        let isOfProgramAlone = point.hasSuffix("PROGRAM")
        #expect(run.lines.last == "end 1 1 \(isOfProgramAlone ? 0 : 1)")
    }

    @Test func aSampleOfTheKernelHasTheStackOfItsProgram() async throws {
        let run = try await BPFEngineTests.run(
            """
            probe timer.profile {
                if (pid() == target() && !user_mode()) { println("stack") print_ubacktrace_brief() }
            }
            """, command: [Self.path, "fill"])
        let found = stacks(run.lines).filter { has(["fill", "outer", "main"], $0) }
        #expect(!found.isEmpty, "\(run.lines)")
        #expect(found.allSatisfy { $0.last == "_start" })
    }

    /// Where a program waits: it is the current one still.
    @Test func aSwitchHasTheStackOfWhoWaits() async throws {
        let run = try await BPFEngineTests.run(
            """
            global waits
            probe kernel.trace("sched:sched_switch") {
                if (pid() == target()) {
                    println("stack")
                    print_ubacktrace_brief()
                    waits[ubacktrace()] <<< user_mode()
                }
            }
            probe end { foreach (s in waits) if (@max(waits[s])) println("user mode") }
            """, command: [Self.path, "nap"])
        #expect(run.messages == [])
        let waiting = stacks(run.lines).filter { has(["nap", "outer", "main"], $0) }
        #expect(waiting.count >= 20, "\(run.lines)")
        #expect(
            waiting.allSatisfy { $0.first?.contains("nanosleep") == true && $0.last == "_start" },
            "\(run.lines)")
        #expect(!run.lines.contains("user mode"))
    }

    /// The kernel's stack begins behind what runs the BPF program, and ends where the kernel was entered.
    @Test func aSwitchHasTheStackOfTheKernel() async throws {
        let run = try await BPFEngineTests.run(
            """
            global waits, shown
            probe kernel.trace("sched:sched_switch") {
                if (pid() == target()) {
                    waits[sprint_backtrace()] <<< 1
                    if (!shown++) {
                        println("printed")
                        print_backtrace()
                        println("listed")
                        print_stack(backtrace())
                        println("end")
                    }
                }
            }
            probe end { foreach (s in waits) print("stack\\n", s) }
            """, command: [Self.path, "nap"])
        #expect(run.messages == [])
        let waiting = stacks(run.lines).filter { has(["__schedule"], Array($0.prefix(1))) }
        #expect(
            waiting.contains {
                $0.contains { $0.contains("nanosleep") } && $0.last?.hasPrefix("entry_SYSCALL") == true
            },
            "\(run.lines)")
        let parts = run.lines.split { ["printed", "listed", "end"].contains($0) }
        let (printed, listed) = (try #require(parts.first), try #require(parts.dropFirst().first))
        #expect(
            printed.allSatisfy {
                $0.wholeMatch(of: /\ 0xf[0-9a-f]{15} : \S+\+0x[0-9a-f]+\/0x[0-9a-f]+ \[\S+\]/) != nil
            })
        #expect(Array(printed) == Array(listed))
    }

    @Test func aProbeOfAProgramHasNoStackOfTheKernel() async throws {
        let run = try await BPFEngineTests.run(
            "probe PROGRAM.function(\"outer\") { print_backtrace() println(backtrace() == \"\\n\") exit() }"
                .replacing("PROGRAM", with: "process(\"\(Self.path)\")"),
            command: [Self.path, "nap"])
        #expect(run.lines.first?.hasPrefix("<no kernel backtrace at process(") == true, "\(run.lines)")
        #expect(run.lines.last == "1")
    }

    @Test func whoHasNoProgramHasNoStack() async throws {
        let run = try await BPFEngineTests.run(
            """
            probe kernel.trace("sched:sched_switch") {
                if (execname() =~ "^(swapper|kworker|rcu|ksoftirqd)") {
                    print_ubacktrace()
                    println(uaddr(), sprint_ubacktrace(), ubacktrace() == "")
                    exit()
                }
            }
            """, command: [Self.path, "nap"])
        // Where neither headers nor tracefs tell the tracepoint's system, the point is named without.
        let missing = try #require(run.lines.first)
        #expect(
            missing.wholeMatch(of: /<no user backtrace at kernel\.trace\("(sched:)?sched_switch"\)>/) != nil)
        #expect(run.lines.dropFirst().first == "0" + missing, "\(run.lines)")
    }

    @Test func whatThePointIsCalled() async throws {
        let run = try await BPFEngineTests.run(
            """
            probe timer.profile { if (pid() == target()) { println(pp()) exit() } }
            probe timer.profile.freq.hz(99) { if (pid() == target()) { println(pp()) exit() } }
            """, command: [Self.path, "burn"])
        #expect(
            ["perf.type(1).config(0).sample(1000000)", "perf.type(1).config(0).sample(99)"].contains(
                try #require(run.lines.first)))
    }

    @Test(arguments: [
        ("perf.sw.cpu_clock.PROGRAM.counter(\"c\")", "could not be resolved"),
        ("perf.sw.cpu_clock.process", "could not be resolved"),
    ]) func whatIsNotDoneIsNamed(_ point: String, _ words: String) throws {
        let error = try #require(throws: DiagnosticsError.self) {
            try ProbedProgram.lowered("probe \(point) { println(1) }", path: Self.path)
        }
        #expect(error.diagnostics.first?.message.contains(words) == true, "\(error.diagnostics)")
    }

    @Test(arguments: [
        ("perf.type(1).config(4711)", "this machine has no such counter"),
        ("timer.profile.freq.hz(100000000)", "kernel.perf_event_max_sample_rate is the greatest"),
    ]) func aCounterThatIsNotThereIsNamed(_ point: String, _ words: String) async throws {
        let error = await #expect(throws: EngineError.self) {
            try await BPFEngineTests.run("probe \(point) { println(1) }", command: [Self.path, "nap"])
        }
        guard case .kernelRefused(let what, let reason)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(what.contains("on processor 0") && reason.contains(words))
    }

    @Test(
        arguments: [("0-3,7\n", [0, 1, 2, 3, 7]), ("0", [0]), ("", [0]), ("3-1,x", [0]), ("1", [1])]
            as [(String, [Int32])])
    func processorsAreListed(_ text: String, _ numbers: [Int32]) {
        #expect(OnlineProcessors.parsed(text) == numbers)
    }
}
