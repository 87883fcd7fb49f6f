import Foundation
import Testing

/// Arguments wherever a compiler has them while a function begins, against what the program itself prints.
///
/// clang comes with Swift.
@Suite(.enabled(if: getuid() == 0, "loading BPF needs root"), .serialized)
struct ArgumentTests {
    /// It prints its arguments, of which most are on the stack, and what it returns.
    static let source = """
        #include <stdio.h>
        struct request { int id; long length; const char *path; short status; };
        __attribute__((noinline)) int handle(
            struct request request, int a, int b, int c, int d, int e, int f, long seventh, unsigned eighth)
        {
            char text[99];
            snprintf(text, sizeof text, "%d %ld %d %d %ld %u", request.id, request.length, request.status, a,
                     seventh, eighth);
            int inner = a > 0 ? handle(request, a - 1, b + c, c + d, d + e, e + f, f + 1, seventh + 1, eighth - 1) : b;
            int result = request.id + a + b + c + d + e + f + inner;
            printf("%s %d\\n", text, result);
            return result;
        }
        int main(void)
        {
            int sum = 0;
            for (int n = 0; n < 5; n++) {
                struct request request = { n, 100L * n, "/x", (short)-n };
                sum += handle(request, n, 1, 2, 3, 4, 5, -9000000000000000000L - n, 4000000000u + n);
            }
            return sum == 0;
        }
        """

    /// gcc's optimised code tells no place of the structure at the entry.
    static let builds: [[String]] =
        ["-O0", "-O1", "-O2", "-O3"].map { ["clang", $0] } + [
            ["clang", "-O0", "-fomit-frame-pointer"], ["gcc", "-O0"], ["gcc", "-O0", "-fomit-frame-pointer"],
        ]

    private func program(_ build: [String]) -> String {
        ProbedProgram.compiled(
            Self.source, name: build.joined(), options: Array(build.dropFirst()), by: build[0])
    }

    @Test(arguments: builds) func argumentsAreThoseOfTheCall(_ build: [String]) async throws {
        let run = try await BPFEngineTests.run(
            """
            probe PROGRAM.function("handle").call {
                printf("%d %d %d %d %d %d\\n", $request->id, $request->length, $request->status, $a, $seventh, $eighth)
            }
            """, command: [program(build)])
        let printed = run.commandLines.map { $0.split(separator: " ").dropLast().joined(separator: " ") }
        #expect(printed.count == 15)
        // Inner calls begin later and end first.
        #expect(run.lines.sorted() == printed.sorted())
    }

    /// Of kernels with links, with cookies alone, with neither.
    @Test(arguments: builds, [BPFEngineTests.kernelRelease, "5.15.0", "5.10.0"])
    func savedArgumentsAreThoseOfTheCall(_ build: [String], _ release: String) async throws {
        let run = try await BPFEngineTests.run(
            """
            probe PROGRAM.function("handle").return {
                printf("%d %d %d %d %d %d %d\\n", @entry($request->id), $request->length, $request->status, $a,
                    @entry($seventh), $eighth, $return)
            }
            """, command: [program(build)], kernelRelease: release)
        #expect(run.commandLines.count == 15)
        #expect(run.lines == run.commandLines)
    }
}
