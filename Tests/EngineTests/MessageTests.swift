import Diagnostics
import RecipeModel
import StapMessages
import TestSupport
import Testing

@testable import Engine

/// What stap, staprun and the runtime say, and what the engine makes of it.
@Suite struct MessageTests {
    typealias Kind = StapMessage.Kind

    /// Texts that stap 4.8 printed for scripts with one mistake each (Tests/Fixtures/Engine/messages).
    @Test(
        arguments: [
            (
                "unknown-variable",
                [
                    (.unknownVariable(name: "$argd", alternatives: ["$argc", "$argv", "$s"]), "1:59"),
                    (.semanticError, "1:71"), (.passFailed(2), nil),
                ]
            ),
            (
                "unknown-member",
                [
                    (
                        .unknownMember(name: "alhpa", type: "struct s", alternatives: ["alpha", "beta"]),
                        "1:90"
                    ),
                    (.passFailed(2), nil),
                ]
            ),
            (
                "unresolved-probe",
                [
                    (.unresolvedProbe(alternatives: ["main", "_fini", "_init", "_start", "helper"]), "2:7"),
                    (.passFailed(2), nil),
                ]
            ),
            ("missing-file", [(.unresolvedProbe(alternatives: []), "1:7"), (.passFailed(2), nil)]),
            ("kernel-function", [(.unresolvedProbe(alternatives: []), "1:7"), (.passFailed(2), nil)]),
            ("parse-error", [(.parseError, "2:12"), (.passFailed(1), nil)]),
            ("needs-guru", [(.needsGuru, "1:14"), (.passFailed(1), nil)]),
            ("unresolved-function", [(.semanticError, "1:15"), (.passFailed(2), nil)]),
            ("type-mismatch", [(.semanticError, nil), (.passFailed(2), nil)]),
            (
                "missing-build-tree",
                [(.missingBuildTree(path: "/lib/modules/6.18.44-fc-v657/build/.config"), nil)]
            ),
            ("task-work", [(.taskWorkMismatch, nil)]),
            ("compiler-error", [(.taskWorkMismatch, nil)]),
        ] as [(String, [(Kind, String?)])])
    func aRealErrorIsKnownAndPlaced(name: String, expected: [(Kind, String?)]) throws {
        var log = MessageLog()
        for message in Self.messages(try Files.read("\(Sandbox.fixtures)/messages/\(name).txt")) {
            _ = log.add(message)
        }
        let errors = log.messages.map(\.message).filter { $0.severity == .error }
        #expect(Array(errors.map(\.kind).prefix(expected.count)) == expected.map(\.0))
        #expect(
            Array(errors.map { $0.place.map { "\($0.line):\($0.column)" } }.prefix(expected.count))
                == expected.map(\.1))
        // No message shows the temporary directory of the script.
        #expect(errors.allSatisfy { !$0.text.contains(StapMessageParser.scriptName) })
    }

    @Test func theCompilersOwnErrorIsKept() throws {
        let messages = Self.messages(try Files.read(Sandbox.fixtures + "/messages/compiler-error.txt"))
        #expect(
            messages.contains {
                if case .compilerError(let words) = $0.kind {
                    words.hasPrefix("implicit declaration of function 'undefined_thing'")
                } else {
                    false
                }
            })
        #expect(messages.last?.kind == .passFailed(4))
    }

    /// The texts of the runtime and of staprun, as their sources and binaries have them.
    @Test(
        arguments: [
            (
                "ERROR: MAXACTION exceeded near keyword at /t/taprecipe-script.stp:86:9",
                .limitHit(.macro(.MAXACTION))
            ),
            (
                "ERROR: Array overflow, check MAXMAPENTRIES near identifier 'h' at /t/taprecipe-script.stp:3:9",
                .limitHit(.macro(.MAXMAPENTRIES))
            ),
            (
                "ERROR: Skipped too many probes, check MAXSKIPPED or try again with stap -t for more details.",
                .limitHit(.macro(.MAXSKIPPED))
            ),
            (
                "ERROR: MAXNESTING exceeded near identifier 'f' at /t/taprecipe-script.stp:3:9",
                .nestingExceeded
            ),
            (
                "ERROR: probe overhead (500123 cycles) exceeded threshold (500000 cycles) in last 1000000 cycles",
                .overload
            ),
            (
                "WARNING: There were 4294967295 transport failures. Try stap -s to increase the buffer size from 16.",
                .transportFailures(4_294_967_295, bufferMegabytes: 16)
            ),
            ("WARNING: There were 8 transport failures.", .transportFailures(8, bufferMegabytes: nil)),
            ("WARNING: Number of errors: 3, skipped probes: 42", .errorCounts(errors: 3, skipped: 42)),
            (
                "WARNING: Skipped due to global 'hits' lock timeout: 7",
                .skipped(.lockTimeout(global: "hits"), count: 7)
            ),
            ("WARNING: Skipped due to low stack: 2", .skipped(.lowStack, count: 2)),
            ("WARNING: Skipped due to reentrancy: 3", .skipped(.reentrancy, count: 3)),
            ("WARNING: Skipped due to uprobe register failure: 4", .skipped(.uprobeRegistration, count: 4)),
            (
                "WARNING: Skipped due to uprobe unregister failure: 5",
                .skipped(.uprobeUnregistration, count: 5)
            ),
            (
                "WARNING: Skipped due to missed kprobe on 'kprobe.function(\"x\")': 6",
                .skipped(.missedKprobe("kprobe.function(\"x\")"), count: 6)
            ),
            (
                "WARNING: Skipped due to missed kretprobe/2 on 'k': 6",
                .skipped(.missedKprobe("k"), count: 6)
            ),
            (
                "ERROR: read fault [man error::fault] at 0x00000000deadbeef near operator '->' at /t/taprecipe-script.stp:1:2",
                .readFault(address: 0xdead_beef)
            ),
            (
                "ERROR: kernel read fault at 0x0000000000000010 (addr) near identifier '$x' at /t/taprecipe-script.stp:1:2",
                .readFault(address: 0x10)
            ),
            (
                "ERROR: user string copy fault -14 at 00000000deadbeef near identifier 'user_string' at /usr/share/systemtap/tapset/uconversions.stp:1:2",
                .readFault(address: nil)
            ),
            (
                "ERROR: write fault [man error::fault] at 0x10 near operator '=' at x.stp:1:2",
                .writeFault(address: 0x10)
            ),
            (
                "ERROR: register access fault [man error::fault] near identifier 'r' at x.stp:1:2",
                .registerFault
            ),
            ("ERROR: division by 0 near operator '/' at /t/taprecipe-script.stp:1:2", .divisionByZero),
            ("ERROR: aggregation overflow in s near operator '<<<' at x.stp:1:2", .aggregationOverflow),
            ("ERROR: empty aggregate near operator '@avg' at x.stp:1:2", .emptyAggregate),
            ("ERROR: my own words near identifier 'error' at /t/taprecipe-script.stp:1:2", .scriptError),
            (
                "WARNING: Missing unwind data for a module, rerun with 'stap -d /usr/lib/libx.so'",
                .missingUnwindData(module: "/usr/lib/libx.so")
            ),
            (
                "WARNING: Build-id mismatch [man warning::buildid]: \"/usr/sbin/nginx\" pid 7 address 0x2c4, expected aa actual bb",
                .buildIDMismatch(file: "/usr/sbin/nginx")
            ),
            (
                "WARNING: probe process(\"/bin/x\").function(\"f\") at inode-offset 77:00000000 registration error [man warning::pass5] (rc -22)",
                .registrationFailed(probe: "process(\"/bin/x\").function(\"f\")", code: -22)
            ),
            (
                "WARNING: u*probe failed nginx[12] 'process(\"/n\").statement(1)' addr 0000 rc -5",
                .registrationFailed(probe: "process(\"/n\").statement(1)", code: -5)
            ),
            (
                "ERROR: probe begin registration error [man warning::pass5] (rc -2)",
                .registrationFailed(probe: "begin", code: -2)
            ),
            ("WARNING: Kernel function symbol table missing [man warning::symbols]", .missingKernelSymbols),
            (
                "WARNING: cannot find module /usr/bin/ls debuginfo: No DWARF information found [man warning::debuginfo]",
                .missingDebugInfo(file: "/usr/bin/ls")
            ),
            (
                "ERROR: Couldn't insert module '/t/x.ko': Operation not permitted",
                .moduleRefused(.notPermitted)
            ),
            (
                "ERROR: Couldn't insert module '/t/x.ko': Required key not available",
                .moduleRefused(.notSigned)
            ),
            (
                "ERROR: Couldn't insert module '/t/x.ko': Key was rejected by service",
                .moduleRefused(.notSigned)
            ),
            (
                "ERROR: Couldn't insert module '/t/x.ko': Invalid module format",
                .moduleRefused(.invalidFormat)
            ),
            (
                "ERROR: Couldn't insert module '/t/x.ko': Unknown symbol in module",
                .moduleRefused(.unknownSymbol)
            ),
            ("ERROR: Couldn't insert module '/t/x.ko': File exists", .moduleRefused(.exists)),
            (
                "ERROR: Couldn't insert module 'dummy.ko': Function not implemented",
                .moduleRefused(.notSupported)
            ),
            ("ERROR: Couldn't insert module '/t/x.ko': Cannot allocate memory", .moduleRefused(.noMemory)),
            (
                "ERROR: Couldn't insert module '/t/x.ko': Level 2 halted",
                .moduleRefused(.other("Level 2 halted"))
            ),
            (
                "You should either be root, or be part of group \"stapusr\" and possibly the groups \"stapsys\" or \"stapdev\".",
                .noPermission
            ),
            ("ERROR: You are trying to load the module x as a normal user.", .noPermission),
            (
                "ERROR: module release mismatch (6.1.0-1 vs 6.1.0-2)", .kernelMismatch
            ),
            (
                "ERROR: Cannot attach to module nosuch control channel; not running?",
                .controlChannelUnavailable
            ),
            ("ERROR: Couldn't remove module 'x': Device or resource busy.", .moduleInUse("x")),
            ("WARNING: Child process exited with status 3", .childStatus),
            ("WARNING: something that nobody has seen yet", .other),
        ] as [(String, Kind)])
    func aMessageOfTheRuntimeIsKnown(text: String, kind: Kind) throws {
        let message = try #require(Self.messages(Array(text.utf8)).first)
        #expect(message.kind == kind)
        #expect(text.hasPrefix("WARNING") == (message.severity == .warning))
        let words = message.diagnostic(in: nil).message
        #expect(!words.isEmpty && words.last != ".")
    }

    /// What staprun and stapio print with `-v -v` in a real run, but for warnings and errors.
    @Test func theTraceOfARealStartSaysOnlyThatTheProbesArePlaced() throws {
        let lines = """
            staprun:insert_module:191 Module taprecipe_1 inserted from file /tmp/x/taprecipe_1.ko
            Signature file /tmp/x/taprecipe_1.ko.sgn not found
            execing: /usr/lib/systemtap/stapio -v -v -C never /tmp/x/taprecipe_1.ko -F3
            stapio:stp_main_loop:675 systemtap_module_init() returned 0
            stapio:cleanup_and_exit:402 detach=0
            """
        var parser = StapMessageParser()
        let items = lines.utf8.split(separator: 0x0A).flatMap { parser.take($0) } + parser.finish()
        #expect(items == [.started(0)])
        #expect(
            parser.take("stapio:stp_main_loop:675 systemtap_module_init() returned -22".utf8) == [
                .started(-22)
            ])
    }

    @Test(arguments: [
        (
            "Pass 1: parsed user script and 484 library scripts using 1virt/2res kb, in 190usr/50sys/505real ms.",
            1, "parsed user script and 484 library scripts"
        ),
        (
            "Pass 3: translated to C into \"/tmp/x_src.c\" using 1virt kb, in 0usr/0sys/0real ms.", 3,
            "translated to C"
        ),
        ("Pass 4: compiled C into \"x.ko\" in 2usr/4sys/13real ms.", 4, "compiled C"),
    ])
    func aPassIsProgress(line: String, number: Int, words: String) {
        var parser = StapMessageParser()
        #expect(parser.take(line.utf8) == [.pass(number, words)])
    }

    @Test func aRunTimeErrorIsShownAtItsPlaceInTheScript() throws {
        let text = "ERROR: division by 0 near operator '/' at /gone/away/taprecipe-script.stp:2:13"
        let message = try #require(Self.messages(Array(text.utf8)).first)
        let source = SourceFile(name: "<expanded script>", text: "probe begin {\n  println(1 / x)\n}\n")
        let diagnostic = message.diagnostic(in: source)
        #expect(diagnostic.range?.text == "/")
        let elsewhere = "ERROR: division by 0 near operator '/' at /usr/share/tapset/x.stp:2:13"
        let foreign = try #require(Self.messages(Array(elsewhere.utf8)).first).diagnostic(in: source)
        #expect(foreign.range == nil)
        #expect(foreign.notes.first?.message == "at /usr/share/tapset/x.stp:2:13")
    }

    @Test func anUnknownVariableIsShownWithTheNearestName() throws {
        let text = try Files.read(Sandbox.fixtures + "/messages/unknown-variable.txt")
        let source = SourceFile(
            name: "<expanded script>",
            text: "probe process(\"/tmp/e1/cap/x\").function(\"main\") { println($argd, $argc->foo) }\n")
        let diagnostics = EngineError.compileFailed(Self.messages(text)).diagnostics(in: source)
        #expect(diagnostics.count == 2)
        #expect(
            diagnostics.first?.message.hasPrefix("'$argd' is not a variable here (did you mean '$arg") == true
        )
        #expect(diagnostics.first?.range?.text == "$argd")
    }

    @Test func placesOutsideTheScriptDoNotTrap() {
        let source = SourceFile(name: "s", text: "probe begin { }\n")
        for place in ["0:0", "99:99", "1:99999999999", "-1:2", "99999999999999999999:1", "1:", ":", "::"] {
            let text = "ERROR: x near y at /t/taprecipe-script.stp:\(place)"
            for message in Self.messages(Array(text.utf8)) { _ = message.diagnostic(in: source) }
        }
    }

    @Test func randomBytesNeverTrap() throws {
        var generator = SeededGenerator()
        let seed = generator.seed
        let pieces = Self.pieces
        for _ in 0..<3000 {
            var line: [UInt8] = []
            for _ in 0..<Int.random(in: 0...6, using: &generator) {
                if Bool.random(using: &generator) {
                    line += Array(pieces.randomElement(using: &generator)!.utf8)
                } else {
                    line.append(UInt8.random(in: 0...255, using: &generator))
                }
            }
            let found = Self.messages(line)
            #expect(found.count <= line.count + 1, "seed \(seed)")
        }
    }

    private static let pieces = [
        "ERROR: ", "WARNING: ", " at ", ":", ":1:2", "'", "\"", "semantic error: ", "parse error: ", "saw: ",
        "\n",
        "Pass ", "4: ", "Skipped due to ", "There were ", "0x", "(alternatives: ", ")", " near ", "stapio:",
        "systemtap_module_init() returned ", "-", "99999999999999999999", "  ", "Couldn't insert module ",
        ": ",
        "unable to find local '", "global '", "' lock timeout", "stap -d ", "Build-id mismatch",
    ]

    static func messages(_ bytes: [UInt8]) -> [StapMessage] {
        var parser = StapMessageParser()
        var items: [StapMessageParser.Item] = []
        for line in bytes.split(separator: 0x0A, omittingEmptySubsequences: false) {
            items += parser.take(line)
        }
        items += parser.finish()
        return items.compactMap { if case .message(let message) = $0 { message } else { nil } }
    }
}
