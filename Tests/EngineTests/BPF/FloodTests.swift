import Foundation
import RecipeModel
import StapMessages
import Testing

@testable import Engine

/// Programs that make more records than this process can take.
@Suite(.enabled(if: getuid() == 0, "loading BPF needs root"), .serialized)
struct FloodTests {
    /// Calls a function without rest, with a stack of hundred frames, and says so when it has had ten seconds.
    private static let path = ProbedProgram.compiled(
        """
        #include <stdio.h>
        #include <time.h>
        static struct timespec start, now;
        __attribute__((noinline)) void step(long number) { __asm__ volatile("" :: "r"(number) : "memory"); }
        __attribute__((noinline, noclone)) int descend(int depth)
        {
            volatile char room[64];
            room[0] = depth;
            if (depth > 0) return descend(depth - 1) + room[0];
            do {
                for (int i = 0; i < 1000; i++) step(i);
                clock_gettime(CLOCK_MONOTONIC, &now);
            } while (now.tv_sec < start.tv_sec + 10);
            return room[0];
        }
        int main(void)
        {
            clock_gettime(CLOCK_MONOTONIC, &start);
            descend(100);
            puts("finished");
            return 0;
        }
        """, name: "flood")

    /// Timers and the run's end come in their turn, however many records there are: more than can be taken, so that
    /// there is always another one.
    @Test func aFloodHoldsUpNeitherTimersNorTheEnd() async throws {
        let script = """
            global ticks
            probe PROGRAM.function("step") { print_ubacktrace() }
            probe timer.ms(100) { ticks++ }
            probe end { printf("ticks: %d\\n", ticks > 2) }
            """
        let run = try await BPFEngineTests.run(
            script, command: [Self.path], limits: Limits(bufferMegabytes: 1), timeout: .seconds(1))
        #expect(run.commandLines == [])
        #expect(run.lines.last == "ticks: 1")
        #expect(run.outcome.losses.transportFailures > 0)
        guard case .timedOut = run.outcome.ending else {
            Issue.record("it ended as \(run.outcome.ending)")
            return
        }
    }

    /// A handler that is left to the process, as it looks at a symbol's name, floods nobody with what its guard passes
    /// over, although half of the guard is a variable of the script's.
    @Test func whatAGuardPassesOverIsNotSent() async throws {
        let script = """
            global is_on = 1
            probe PROGRAM.function("step") {
                if (!is_on || tid() == pid()) next
                print_ubacktrace()
                if (usymname(uaddr()) != "step") println("met")
            }
            probe end { is_on = 0; println("ended") }
            """
        let run = try await BPFEngineTests.run(
            script, command: [Self.path], limits: Limits(bufferMegabytes: 1), timeout: .seconds(1))
        #expect(run.lines == ["ended"])
        #expect(run.outcome.losses.transportFailures == 0)
    }
}
