import Foundation
import Testing

@testable import Engine

/// Global variables that handlers change on several processors at once.
@Suite(.enabled(if: getuid() == 0, "loading BPF needs root"), .serialized)
struct SharedVariableTests {
    private static let rounds = 8000

    /// Four threads that call a function at the same time.
    private static let path = ProbedProgram.compiled(
        """
        #include <pthread.h>
        __attribute__((noinline)) void step(long number) { __asm__ volatile("" :: "r"(number) : "memory"); }
        static void *work(void *unused)
        {
            for (long i = 0; i < \(rounds); i++) step(3);
            return unused;
        }
        int main(void)
        {
            pthread_t threads[4];
            for (int i = 0; i < 4; i++) pthread_create(&threads[i], 0, work, 0);
            for (int i = 0; i < 4; i++) pthread_join(threads[i], 0);
            return 0;
        }
        """, name: "threads", options: ["-O1", "-pthread"])

    @Test func whatIsAddedIsAddedOnce() async throws {
        let script = """
            global sum, count, left = 1000000, a, seen, other
            probe PROGRAM.function("step") {
                sum += $number
                left -= $number
                a["x"] += $number
                other[++count & 7]++
                seen = count
            }
            probe end {
                printf("%d %d %d %d %d\\n", sum, left, a["x"], count, seen > 0)
                foreach (k+ in other) printf("%d %d\\n", k, other[k])
            }
            """
        let run = try await BPFEngineTests.run(script, command: [Self.path])
        let (calls, total) = (4 * Self.rounds, 12 * Self.rounds)
        #expect(run.lines.first == "\(total) \(1_000_000 - total) \(total) \(calls) 1")
        // Each of the numbers that '++count' gave was given once.
        #expect(run.lines.dropFirst() == (0..<8).map { "\($0) \(calls / 8)" }[...])
        #expect(run.outcome.losses.skippedProbes == 0)
    }

    /// What the process writes to one variable leaves what handlers add to others meanwhile.
    @Test func theProcessWritesItsOwnVariableAlone() async throws {
        let script = """
            global sum, ticks
            probe PROGRAM.function("step") { sum += $number }
            probe timer.ms(1) { ticks = ticks + 1 }
            probe end { printf("%d %d\\n", sum, ticks > 0) }
            """
        let run = try await BPFEngineTests.run(script, command: [Self.path])
        #expect(run.lines == ["\(12 * Self.rounds) 1"])
    }
}
