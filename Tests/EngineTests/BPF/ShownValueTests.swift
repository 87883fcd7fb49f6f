import Diagnostics
import Foundation
import Testing

@testable import Engine

/// `$x$`, `$$vars` and their kin, which stap makes into a `sprintf` of everything inside.
@Suite(.enabled(if: getuid() == 0, "loading BPF needs root"), .serialized)
struct ShownValueTests {
    static let source = """
        #include <string.h>
        struct inner { int x; char c; };
        enum color { RED, GREEN };
        enum level { LOW = -1, HIGH };
        struct whole {
            int a; unsigned b; char name[8]; const char *text; struct inner in, *to; int row[3];
            unsigned flag : 3; int level : 5; char letter; enum color color; enum level height; double ratio;
            union { int one; float other; }; void *nothing; long grid[2][2];
        };
        struct many {
            int m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15, m16, m17, m18, m19, m20, m21, m22,
                m23, m24, m25, m26, m27, m28, m29, m30, m31, m32, m33, m34;
        };
        struct list { struct list *next; int value; };
        __attribute__((noinline)) long show(
            struct whole *whole, struct inner by_value, const char *text, char letter, struct many *many,
            struct list *bad)
        {
            int local = 7;
            int row[2] = { 1, 2 };
            __asm__ volatile("" : "+m"(local) : "r"(row), "r"(whole) : "memory");
            return local + by_value.x + letter + many->m1 + (text != 0) + (bad != 0);
        }
        __attribute__((noinline)) const char *word(int number) { return number ? "yes\\n" : "no"; }
        static struct inner there = { -5, 'q' };
        int main(void)
        {
            struct whole whole;
            struct many many = { 1, 2 };
            struct inner by_value = { 3, '\\t' };
            memset(&whole, 0, sizeof whole);
            whole.a = -1, whole.b = 2, whole.text = "a \\"text\\"", whole.to = &there, whole.in.x = 9;
            strcpy(whole.name, "nm");
            whole.row[0] = 4, whole.flag = 5, whole.level = -3, whole.letter = 'x', whole.color = GREEN;
            whole.height = LOW, whole.one = 6, whole.grid[0][0] = 8;
            show(&whole, by_value, "hello", 'c', &many, (struct list *)16);
            return word(1) == 0;
        }
        """
    static let path = ProbedProgram.compiled(source, name: "shown", options: ["-O0"])

    /// Where the compiler puts a constant in a parameter's place, DWARF has it with a sign whatever its type.
    ///
    /// stap -p3 makes 250, 65000, 4000000000 and -5 of these.
    @Test func constantsHaveTheirTypesSign() async throws {
        let path = ProbedProgram.compiled(
            """
            static int sum;
            static __attribute__((noinline)) int add(
                unsigned char uc, unsigned short us, unsigned ui, signed char c, _Bool b, const char *text, int k)
            {
                sum += k;
                __asm__ volatile("" ::: "memory");
                return sum;
            }
            int main(int count, char **words)
            {
                return add(250, 65000, 4000000000u, -5, 1, 0, count) == 100;
            }
            """, name: "constants", options: ["-O2"])
        let run = try await BPFEngineTests.run(
            """
            probe PROGRAM.function("add").call {
                printf("%d %d %d %d %d %d %s\\n", $uc, $us, $ui, $c, $b, $text, $$parms$)
            }
            """, command: [path], path: path)
        #expect(run.messages == [])
        #expect(
            run.lines == [
                "250 65000 4000000000 -5 1 0 k=1 text=0x0 b=1 c='\\373' ui=4000000000 us=65000 uc='\\372'"
            ])
    }

    /// What stap 5.0 prints for them: the formats are those of its second pass.
    @Test(arguments: [
        (
            "$whole$",
            #"{.a=-1, .b=2, .name=[...], .text="a \"text\"", .in={...}, .to=ADDRESS, .row=[...], .flag=5, .level=-3, .letter='x', .color=1, .height=4294967295, .ratio=?, <union>={...}, .nothing=0x0, .grid=[...]}"#
        ),
        (
            "$whole$$",
            #"{.a=-1, .b=2, .name="nm", .text="a \"text\"", .in={.x=9, .c='\000'}, .to=ADDRESS, .row=[4, ...], .flag=5, .level=-3, .letter='x', .color=1, .height=4294967295, .ratio=?, <union>={.one=6, .other=?}, .nothing=0x0, .grid=[8, ...]}"#
        ),
        ("$whole->to$", "{.x=-5, .c='q'}"), ("$by_value$", #"{.x=3, .c='\t'}"#), ("$letter$", "'c'"),
        ("$text$", #""hello""#), ("$whole->row$", "[4, ...]"), ("$whole->name$", #""nm""#),
        ("$whole->nothing$", "0x0"), ("$whole->ratio$", "?"), ("$whole->level$", "-3"), ("$bad$", "ERROR"),
        ("@cast($whole->to, \"struct inner\")$", "{.x=-5, .c='q'}"),
        (
            "$many$",
            "{" + (1...32).map { ".m\($0)=\($0 <= 2 ? $0 : 0)" }.joined(separator: ", ") + ", ...}"
        ),
        (
            "$$parms",
            "whole=ADDRESS by_value={...} text=ADDRESS letter=0x63 many=ADDRESS bad=0x10"
        ),
    ]) func aValueIsShownAsStapShowsIt(_ expression: String, _ wanted: String) async throws {
        let run = try await BPFEngineTests.run(
            "probe PROGRAM.function(\"show\") { println(\(expression)) }", command: [Self.path])
        let text = try #require(run.lines.first).replacing(/0x[0-9a-f]{6,}/, with: "ADDRESS")
        #expect(text == wanted)
        #expect(run.messages == [])
    }

    @Test func whatAFunctionReturnsIsShown() async throws {
        let run = try await BPFEngineTests.run(
            "probe PROGRAM.function(\"word\").return { println($return$) println($$return$) println($$return) }",
            command: [Self.path])
        #expect(run.lines.count == 3)
        #expect(run.lines.prefix(2) == [#""yes\n""#, #"return="yes\n""#])
        #expect(run.lines.last?.hasPrefix("return=0x") == true)
    }

    @Test func aReturnProbeShowsTheParametersOfTheEntry() async throws {
        let run = try await BPFEngineTests.run(
            "probe PROGRAM.function(\"twice\").return { println($$parms) }",
            command: [ProbedProgram.compiled(ProbedProgram.source, name: "entered"), "3"])
        #expect(
            run.lines.map { $0.replacing(/0x[0-9a-f]{6,}/, with: "ADDRESS") }
                == (1...3).map { "number=0x\($0) word=ADDRESS pair=ADDRESS" })
    }

    @Test func aReturnProbeShowsWhatVariablesPointedToAtTheEntry() async throws {
        let run = try await BPFEngineTests.run(
            "probe PROGRAM.function(\"twice\"), PROGRAM.function(\"twice\").return { println($pair$, $word$) }",
            command: [ProbedProgram.compiled(ProbedProgram.source, name: "entered"), "3"])
        #expect(run.lines.count == 6, "\(run.messages)")
        for index in stride(from: 0, to: run.lines.count, by: 2) {
            #expect(run.lines[index] == run.lines[index + 1])
            #expect(run.lines[index].contains(#".name="first""#))
        }
    }
}
