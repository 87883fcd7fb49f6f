import Foundation
import Testing

@testable import Engine

/// Static marks and calls through the linkage table.
@Suite(.enabled(if: getuid() == 0, "loading BPF needs root"), .serialized)
struct MarkTests {
    /// Marks as sys/sdt.h writes them, with one operand of every form.
    static let source = #"""
        #include <stdlib.h>
        #define MARK(name, arguments, ...) \
            __asm__ volatile( \
                "990: nop\n.pushsection .note.stapsdt,\"?\",\"note\"\n.balign 4\n.4byte 992f-991f, 994f-993f, 3\n" \
                "991: .asciz \"stapsdt\"\n992: .balign 4\n993: .8byte 990b\n.8byte _.stapsdt.base\n.8byte 0\n" \
                ".asciz \"prov\"\n.asciz \"" name "\"\n.asciz \"" arguments "\"\n994: .balign 4\n.popsection\n" \
                ".ifndef _.stapsdt.base\n.pushsection .stapsdt.base,\"aG\",\"progbits\",.stapsdt.base,comdat\n" \
                ".weak _.stapsdt.base\n.hidden _.stapsdt.base\n_.stapsdt.base: .space 1\n" \
                ".size _.stapsdt.base, 1\n.popsection\n.endif\n" ::__VA_ARGS__ : "memory")
        int counter = 4;
        __attribute__((noinline)) long pass(int a, const char *s, short sh, unsigned char uc)
        {
            long row[4] = { a, 20, 30, 40 };
            __asm__ volatile("" ::"r"(row) : "memory");
            MARK("all", "-4@%0 8@%1 -2@%w2 1@%b3 -4@$-7 8@%4 8@(%5,%6,8) 4@counter(%%rip) 1@%h7 -1@%h8",
                "r"(a), "r"(s), "r"((int)sh), "q"((int)uc), "m"(row[1]), "r"(row), "r"((long)a), "Q"(0x1234),
                "Q"(0xF634));
            MARK("none", "", "i"(0));
            MARK("gone", "8@(%0)", "r"(16L));
            return row[0];
        }
        int main(void)
        {
            pass(1, "first", -3, 250);
            counter++;
            pass(-2 + 4, "second", 5, 1);
            free(malloc(77));
            return 0;
        }
        """#
    static let path = ProbedProgram.compiled(source, name: "marked", options: ["-O1", "-fno-builtin"])

    @Test(arguments: [
        (
            "PROGRAM.mark(\"all\") { println($arg1, \" \", user_string($arg2), \" \", $arg3, \" \", $arg4, \" \", $arg5, \" \", $arg6, \" \", $arg7, \" \", $arg8, \" \", $arg9, \" \", $arg10) }",
            ["1 first -3 250 -7 20 20 4 18 -10", "2 second 5 1 -7 20 30 5 18 -10"]
        ),
        (
            "PROGRAM.provider(\"prov\").mark(\"all\") { printf(\"%s %s %d %d\\n\", $$name, $$provider, $arg01, $a) }",
            ["all prov 1 1", "all prov 2 2"]
        ),
        (
            "PROGRAM.mark(\"all\") { println($$vars) }",
            [
                "$arg1=0x1 $arg2=A $arg3=0xfffffffffffffffd $arg4=0xfa $arg5=0xfffffffffffffff9 $arg6=0x14 $arg7=0x14 $arg8=0x4 $arg9=0x12 $arg10=0xfffffffffffffff6",
                "$arg1=0x2 $arg2=A $arg3=0x5 $arg4=0x1 $arg5=0xfffffffffffffff9 $arg6=0x14 $arg7=0x1e $arg8=0x5 $arg9=0x12 $arg10=0xfffffffffffffff6",
            ]
        ),
        (
            "PROGRAM.mark(\"none\") { println(\"[\", $$vars, \"]\", ppfunc(), pp()) }",
            Array(repeating: "[]process(\"PATH\").statement(ADDRESS)", count: 2)
        ),
        ("PROGRAM.mark(\"gone\") { println($arg1) }", ["0", "0"]),
        (
            "PROGRAM.plt(\"malloc\") { println($$name, \"[\", $$vars, \"] \", long_arg(1)) }", ["malloc[] 77"]
        ),
    ]) func argumentsHaveTheirValues(_ probe: String, _ lines: [String]) async throws {
        let run = try await BPFEngineTests.run("probe \(probe)", command: [Self.path])
        let told = run.lines.map {
            $0.replacing(/\$arg2=0x[0-9a-f]+/, with: "$arg2=A").replacing(Self.path, with: "PATH")
                .replacing(/\(0x[0-9a-f]+\)/, with: "(ADDRESS)")
        }
        #expect(told == lines)
        #expect(run.messages == [])
    }
}
