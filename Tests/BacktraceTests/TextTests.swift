import Backtraces
import DebugInfo
import Foundation
import ProcessMaps
import TestSupport
import Testing

@Suite("Addresses are written as stap's runtime writes them")
struct TextTests {
    /// The runtime's flags of a form, from its `sym.h`.
    private static let flags: [AddressForm: String] = [
        .hexadecimal: "_STP_SYM_NONE", .symbol: "_STP_SYM_SYMBOL", .file: "_STP_SYM_FILENAME",
        .line: "_STP_SYM_LINENUMBER", .fileAndLine: "_STP_SYM_LINENUMBER + _STP_SYM_FILENAME",
        .brief: "_STP_SYM_BRIEF", .simple: "_STP_SYM_SIMPLE", .data: "_STP_SYM_DATA", .full: "_STP_SYM_FULL",
        .fuller: "_STP_SYM_FULLER",
    ]

    private static let cases: [(UInt64, AddressName)] = {
        let symbols: [SymbolPlace?] = [
            nil, SymbolPlace(name: "main", offset: 0x10, size: 0x50),
            SymbolPlace(name: ".dot", offset: 0, size: 0),
            SymbolPlace(name: "_ZN1aC2Ev@@V_1", offset: .max, size: 1),
        ]
        let modules: [AddressName.Module?] = [
            nil, .init(name: "/usr/bin/a program", offset: 0x1136, size: 0x4000),
            .init(name: "vdso", offset: 0, size: 0),
            .init(name: "/ends/", offset: 1, size: 2),
        ]
        let sources: [SourcePosition?] = [
            nil, .init(file: "/src/a.c", line: 12), .init(file: "b.c", line: 0),
        ]
        var cases: [(UInt64, AddressName)] = []
        for address in [0 as UInt64, 0x40_1136, .max] {
            for symbol in symbols {
                for module in modules {
                    for source in sources {
                        cases.append((address, AddressName(symbol: symbol, module: module, source: source)))
                    }
                }
            }
        }
        return cases
    }()

    /// The installed runtime's own function, compiled for user space, is the judge.
    @Test("every form, whatever is known", arguments: AddressForm.allCases)
    func forms(form: AddressForm) throws {
        let flags = try #require(Self.flags[form])
        let judge = try Self.judge(flags)
        var input = ""
        for (address, name) in Self.cases {
            let fields: [String] = [
                "\(address)", name.symbol?.name ?? "-", "\(name.symbol?.offset ?? name.module?.offset ?? 0)",
                "\(name.symbol?.size ?? name.module?.size ?? 0)", name.module?.name ?? "-",
                form.needsSource ? name.source?.file ?? "-" : "-",
                form.needsSource ? "\(name.source?.line ?? 0)" : "0",
            ]
            input += fields.joined(separator: "\t") + "\n"
        }
        let path = "\(Programs.folder)/\(form).txt"
        try input.write(toFile: path, atomically: true, encoding: .utf8)
        let expected = try run(judge, [path]).split(separator: "|", omittingEmptySubsequences: false)
        #expect(expected.count == Self.cases.count + 1)
        for ((address, name), text) in zip(Self.cases, expected) {
            #expect(form.text(address, name) == text, "\(name)")
        }
    }

    private static func judge(_ flags: String) throws -> String {
        let runtime = "/usr/share/systemtap/runtime"
        let source = try String(contentsOfFile: "\(runtime)/sym.c", encoding: .utf8)
        let start = try #require(
            source.range(of: "static int _stp_snprint_addr("), "install systemtap-common")
        let end = try #require(source[start.lowerBound...].range(of: "\n}\n"))
        let header = try String(contentsOfFile: "\(runtime)/sym.h", encoding: .utf8)
        let constants = header.split(separator: "\n", omittingEmptySubsequences: false).drop {
            !$0.contains("_STP_SYM_HEXSTR ")
        }
        .prefix { !$0.contains("STP_NEED_LINE_DATA") }.joined(separator: "\n")
        let name = "judge\(flags.filter(\.isLetter))"
        let program = "\(Programs.folder)/\(name)"
        try
            (Self.shims + constants + "\n" + source[start.lowerBound..<end.upperBound]
            + Self.main.replacing("FLAGS", with: flags)).write(
                toFile: program + ".c", atomically: true, encoding: .utf8)
        try run("gcc", ["-w", program + ".c", "-o", program])
        return program
    }

    /// What the runtime's function calls; its printf writes `0x` before every `%p` and `%#lx`.
    private static let shims = """
        #include <stdarg.h>
        #include <stdint.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        struct task_struct;
        static char *field[7];
        static const char *known(int i) { return strcmp(field[i], "-") ? field[i] : NULL; }
        static const char *_stp_kallsyms_lookup(unsigned long a, unsigned long *size, unsigned long *offset,
                                                const char **module, struct task_struct *t) {
            *offset = strtoul(field[2], NULL, 10);
            *size = strtoul(field[3], NULL, 10);
            *module = known(4);
            return known(1);
        }
        static unsigned long _stp_linenumber_lookup(unsigned long a, struct task_struct *t, char **file, int need) {
            if (need) *file = (char *)known(5);
            return strtoul(field[6], NULL, 10);
        }
        static int _stp_snprintf(char *out, size_t len, const char *format, ...) {
            va_list list;
            va_start(list, format);
            for (; *format; format++) {
                if (*format != '%') { putchar(*format); continue; }
                if (*++format == 's') { fputs(va_arg(list, char *), stdout); continue; }
                if (*format == 'p') { printf("0x%lx", va_arg(list, long)); continue; }
                if (!strncmp(format, "#lx", 3)) printf("0x%lx", va_arg(list, long));
                else if (!strncmp(format, "#lu", 3)) printf("%lu", va_arg(list, long));
                else abort();
                format += 2;
            }
            return 0;
        }

        """

    private static let main = """
        int main(int argc, char **argv) {
            static char line[4096];
            FILE *input = fopen(argv[1], "r");
            while (fgets(line, sizeof line, input)) {
                line[strcspn(line, "\\n")] = 0;
                char *rest = line;
                for (int i = 0; i < 7; i++) field[i] = strsep(&rest, "\\t");
                _stp_snprint_addr(NULL, 0, strtoul(field[0], NULL, 10), FLAGS, (struct task_struct *)8);
                putchar('|');
            }
        }
        """

    /// `stap -p3` writes the tables that its runtime searches.
    @Test("the symbol of every address is stap's", arguments: Linkage.allCases)
    func symbols(linkage: Linkage) throws {
        let program = try Programs.build("stacks.c", linkage.options)
        let folder = "\(Programs.folder)/stap-\(linkage)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let script = "probe process(\"\(program)\").begin { print_ubacktrace() }"
        try run(
            "stap",
            [
                "-r", InstalledKernel.release, "-p3", "--ldd", "--tmpdir=\(folder)", "-k", "-d", program,
                "-e", script,
            ])
        let text = try String(contentsOfFile: "\(folder)/stap_symbols.c", encoding: .utf8)
        var tables = 0
        for module in text.components(separatedBy: "static struct _stp_symbol ").dropFirst() {
            guard let path = module.firstMatch(of: /(?m)^\.path = "(.*)",$/)?.output.1,
                let table = module.range(of: "};").map({ module[..<$0.lowerBound] })
            else { continue }
            let listed = table.matches(of: /\{ 0x([0-9a-f]+), "(.*)" \}/).map {
                (UInt64($0.output.1, radix: 16)!, String($0.output.2))
            }
            guard !listed.isEmpty else { continue }
            tables += 1
            let symbols = try Binary(path: String(path)).symbols
            var wrong: [String] = []
            for (index, (address, name)) in listed.enumerated() {
                let size = index + 1 < listed.count ? listed[index + 1].0 - address : 0
                let found = symbols.place(of: address)
                if found != SymbolPlace(name: name, offset: 0, size: size) {
                    wrong.append("\(path) \(String(address, radix: 16)) \(name) \(size): \(found as Any)")
                }
            }
            #expect(wrong.isEmpty, "\(wrong.count) of \(listed.count): \(wrong.prefix(5))")
            #expect(symbols.place(of: listed[0].0 - 1) == nil)
        }
        #expect(tables >= (linkage.options.contains("-DSTATIC") || linkage == .stripped ? 1 : 2))
    }

    @Test("a function of a stripped program has not the name of an exported one in front of it")
    func unnamed() throws {
        let folder = "\(Programs.folder)/unnamed"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let source = """
            int exported(int n) { return n + 1; }
            __attribute__((noinline)) static int hidden(int n) { return exported(n) * n + 7; }
            int main(int argc, char **argv) { return hidden(argc); }
            """
        try source.write(toFile: "\(folder)/a.c", atomically: true, encoding: .utf8)
        try run(
            "gcc", ["-O1", "-rdynamic", "-fno-toplevel-reorder", "\(folder)/a.c", "-o", "\(folder)/whole"])
        try run("strip", ["-o", "\(folder)/stripped", "\(folder)/whole"])
        let whole = try Binary(path: "\(folder)/whole").symbols
        let stripped = try Binary(path: "\(folder)/stripped").symbols
        let hidden = try #require(whole.symbol(named: "hidden"))
        let last = try #require(stripped.symbol(named: "main"))
        #expect(whole.place(of: hidden.address + 1)?.name == "hidden")
        #expect(stripped.place(of: hidden.address + 1) == nil)
        // Behind a call that is a function's last instruction.
        #expect(stripped.place(of: last.address + last.size)?.name == "main")
    }

    @Test("whole backtraces of a real program")
    func printed() throws {
        let program = try Programs.build("stacks.c", Linkage.fixedAddress.options)
        let capture = try Capture(program, ["qsort"])
        let unwinder = Unwinder()
        let space = capture.space
        let backtrace = unwinder.unwind(capture.samples[0], in: space)
        let text = BacktraceText(AddressNames(unwinder.catalog))
        let lines = text.printed(backtrace, .full, in: space).split(separator: "\n")
        #expect(lines.count == backtrace.programCounters.count)
        // The compiler keeps main's and sorting's order of calls, not their sizes.
        #expect(lines[1].wholeMatch(of: /\ 0x[0-9a-f]+ : compare\+0x[0-9a-f]+\/0x[0-9a-f]+ \[.*\]/) != nil)
        #expect(lines[1].hasSuffix(" [\(Self.abbreviated(program))]"))
        #expect(lines.contains { $0.contains(" : sorting+0x") })
        #expect(lines.last?.contains(" : _start+0x21/0x") == true)
        let list = text.string(backtrace, .hexadecimal, in: space)
        #expect(list == backtrace.programCounters.map { "0x" + String($0, radix: 16) + " " }.joined())
        // print_usyms of ubacktrace() is print_ubacktrace().
        #expect(text.printed(addresses: list, in: space) == text.printed(backtrace, .full, in: space))
        #expect(
            text.printed(backtrace, .brief, in: space).split(separator: "\n").map { $0.prefix { $0 != "+" } }
                .prefix(2)
                == ["innermost", "compare"])
        #expect(text.printed(backtrace, .fuller, in: space).contains("stacks.c:"))
        let address = backtrace.programCounters[1]
        #expect(text.string(address, .symbol, in: space) == "compare")
        #expect(
            text.string(address, .fileAndLine, in: space).hasSuffix(
                "/stacks.c:\(text.string(address, .line, in: space))"))
        let line = try #require(Int(text.string(address, .line, in: space)))
        let source = try String(contentsOfFile: "\(Programs.sources)/stacks.c", encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        #expect((line - 1...line).contains { source[$0 - 1].contains("innermost(calls)") })
        #expect(text.module(of: address, in: space) == Self.abbreviated(program))
        #expect(text.module(of: 1, in: space) == nil)
        #expect(text.string(0, .symbol, in: space) == "0x0")
        #expect(text.string(1, .data, in: space) == "0x1")
        // In front of the first symbol only the mapping is known.
        let first = try #require(space.mappings.first { $0.file.name == program })
        #expect(
            text.string(first.addresses.lowerBound + 0x10, .data, in: space)
                == "0x\(String(first.addresses.lowerBound + 0x10, radix: 16)) [\(Self.abbreviated(program))+0x10/0x\(String(first.addresses.count, radix: 16))]"
        )
    }

    @Test("strings end where stap's do")
    func limits() throws {
        let space = AddressSpace(process: 1)
        let names = AddressNames(ModuleCatalog())
        let backtrace = Backtrace(programCounters: [0x1234, 0x5678, 0x9ABC], end: .complete)
        func text(_ length: Int) -> BacktraceText { BacktraceText(names, maximumStringLength: length) }
        #expect(text(512).string(backtrace, .hexadecimal, in: space) == "0x1234 0x5678 0x9abc ")
        #expect(text(22).string(backtrace, .hexadecimal, in: space) == "0x1234 0x5678 0x9abc ")
        #expect(text(21).string(backtrace, .hexadecimal, in: space) == "0x1234 0x5678 0x9abc")
        #expect(text(10).string(backtrace, .simple, in: space) == "0x1234\n0x")
        #expect(text(10).printed(backtrace, .simple, in: space) == "0x1234\n0x5678\n0x9abc\n")
        #expect(text(512).printed(backtrace, .full, in: space) == " 0x1234\n 0x5678\n 0x9abc\n")
        let line = " 0x1234 : 0x1234\n"
        #expect(text(512).string(addresses: "0x1234  1234 ", in: space) == line + " 1234 : 0x1234\n")
        #expect(text(2 * line.utf8.count - 1).string(addresses: "0x1234 0x1234", in: space) == line)
        // Of a line that just fits, the NUL takes the last place.
        #expect(
            text(2 * line.utf8.count).string(addresses: "0x1234 0x1234", in: space) == line + line.dropLast())
        #expect(
            text(512).printed(addresses: "zz -1 0x", in: space)
                == " zz : 0x0\n -1 : 0xffffffffffffffff\n 0x : 0x0\n")
        #expect(text(512).string(addresses: "", in: space).isEmpty)
        #expect(BacktraceText.missing(.full, at: "begin") == "<no user backtrace at begin>\n")
        #expect(BacktraceText.missing(.hexadecimal, at: "begin") == "\n")
    }

    /// What stap's runtime keeps of a path.
    private static func abbreviated(_ path: String) -> String {
        path.utf8.count < 61 ? path : "..." + path.suffix(60)
    }
}
