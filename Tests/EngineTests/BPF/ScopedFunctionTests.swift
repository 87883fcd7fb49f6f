import Foundation
import Testing

@testable import Engine

/// Functions within namespaces and classes, of unoptimised programs, whose arguments lie on the stack.
@Suite(.enabled(if: getuid() == 0, "loading BPF needs root"), .serialized)
struct ScopedFunctionTests {
    private static let source = """
        namespace shop { namespace desk {
        __attribute__((noinline)) int order(int count, long price) { return count * price; }
        static inline __attribute__((always_inline)) int tax(int amount) { volatile int part = amount / 5; return part; }
        struct clerk {
            int served;
            int serve(int guests) { return served += guests; }
            static int greet(int times) { return times; }
        };
        template<class T> T twice(T value) { return value * 2; }
        __attribute__((noinline)) int bill(int amount) { return amount + tax(amount); }
        } }
        int main()
        {
            shop::desk::clerk clerk{40};
            return shop::desk::order(3, 7) + clerk.serve(2) + clerk.greet(9) + shop::desk::twice(21)
                + shop::desk::bill(50) == 0;
        }
        """

    /// g++ has methods and templates in sections of their own, each of which ends where the next one begins.
    @Test(arguments: ["g++", "clang++"]) func argumentsAreReadBehindThePrologue(_ compiler: String)
        async throws
    {
        let path = ProbedProgram.compiled(
            Self.source, name: "scoped-" + compiler, options: ["-O0", "-x", "c++"], by: compiler)
        let script = """
            probe PROGRAM.function("order") { printf("order %d %d\\n", $count, $price) }
            probe PROGRAM.function("serve") { printf("serve %d %d\\n", $this->served, $guests) }
            probe PROGRAM.function("greet") { printf("greet %d\\n", $times) }
            probe PROGRAM.function("twice*") { printf("twice %d\\n", $value) }
            probe PROGRAM.function("bill") { printf("bill %d\\n", $amount) }
            probe PROGRAM.function("serve").return { printf("served %d\\n", @entry($guests)) }
            """
        let run = try await BPFEngineTests.run(script, command: [path])
        let wanted = ["order 3 7", "serve 40 2", "served 2", "greet 9", "twice 21", "bill 50"]
        #expect(run.lines.sorted() == wanted.sorted())
    }
}
