import RecipeModel
import Testing

@testable import StapMessages

@Suite struct MessageLineTests {
    /// A line of a saved output by itself, as Report reads it.
    @Test(
        arguments: [
            ("WARNING: Number of errors: 0, skipped probes: 82", .errorCounts(errors: 0, skipped: 82)),
            (
                "WARNING: Number of errors: 99999999999999999999, skipped probes: 1",
                .errorCounts(errors: .max, skipped: 1)
            ),
            (
                "ERROR: MAXACTION exceeded near keyword at debug_connection.stp:86:9",
                .limitHit(.macro(.MAXACTION))
            ),
            (
                "ERROR: Array overflow, check MAXMAPENTRIES near identifier 'x' at a:1:1",
                .limitHit(.macro(.MAXMAPENTRIES))
            ),
            (
                "ERROR: Skipped too many probes, check MAXSKIPPED or try again with stap -t for more details.",
                .limitHit(.macro(.MAXSKIPPED))
            ),
            ("ERROR: MAXNESTING exceeded near identifier 'f' at a:1:1", .nestingExceeded),
            ("ERROR: probe overhead (1 cycles) exceeded threshold (2 cycles) in last 3 cycles", .overload),
            (
                "ERROR: read fault [man error::fault] at 0x10 near operator '->' at a:1:1",
                .readFault(address: 16)
            ),
            (
                "ERROR: user string copy fault -14 at 0x10 [man error::fault] near identifier 'x' at a:1:1",
                .readFault(address: 16)
            ),
            ("ERROR: division by 0 near operator '/' at a:1:1", .divisionByZero),
            ("WARNING: There were 7 transport failures.", .transportFailures(7, bufferMegabytes: nil)),
            (
                "WARNING: Missing unwind data for a module, rerun with 'stap -d /lib64/libc-2.12.so'",
                .missingUnwindData(module: "/lib64/libc-2.12.so")
            ),
            (
                "WARNING: Missing unwind data for module, rerun with 'stap -d kernel'",
                .missingUnwindData(module: "kernel")
            ),
            (
                "WARNING: Skipped due to global 'x' lock timeout: 12",
                .skipped(.lockTimeout(global: "x"), count: 12)
            ),
            ("Pass 2: analysis failed.  [man error::pass2]", .passFailed(2)),
            ("semantic error: unable to find local 'x'", .unknownVariable(name: "$x", alternatives: [])),
            (
                "ERROR: Couldn't insert module '/tmp/x.ko': Operation not permitted",
                .moduleRefused(.notPermitted)
            ),
            ("WARNING: Kernel function symbol table missing", .missingKernelSymbols),
            (
                "semantic error: missing x86_64 kernel/module debuginfo [man warning::debuginfo] under "
                    + "'/lib/modules/6.1.0-56-amd64/build'", .missingDebugInfo(file: "")
            ),
            (
                "WARNING: cannot find module ext4 debuginfo: No DWARF information found "
                    + "[man warning::debuginfo]", .missingDebugInfo(file: "ext4")
            ),
        ] as [(String, StapMessage.Kind)])
    func aLineOfASavedOutputIsRead(line: String, kind: StapMessage.Kind) {
        #expect(StapMessage.isMessage(Array(line.utf8)[...]))
        #expect(StapMessage(line: line).kind == kind)
    }

    @Test(arguments: ["", "E", "Pass over", "Pass", "WARNINGS: 3", "rc: 502", "parse", "ERROR:x"])
    func aLineOfTheScriptIsNone(line: String) {
        #expect(!StapMessage.isMessage(Array(line.utf8)[...]))
    }

    /// Of the messages above, those after which nothing can have been traced.
    @Test(arguments: [
        ("Pass 2: analysis failed.  [man error::pass2]", true), ("semantic error: x", true),
        ("ERROR: Couldn't insert module '/tmp/x.ko': File exists", true),
        ("ERROR: module version mismatch (#1 vs #2), release 6.1", true),
        ("WARNING: Kernel function symbol table missing", false),
        ("ERROR: MAXACTION exceeded near x", false), ("ERROR: my own", false),
    ])
    func onlySomeMessagesMeanThatNothingWasTraced(line: String, prevents: Bool) {
        #expect(StapMessage(line: line).preventsTracing == prevents)
    }

    @Test func lossesAreAddedUpWithoutCountingAnErrorTwice() {
        var losses = MessageLosses()
        for line in [
            "ERROR: read fault [man error::fault] at 0x10 near x", "ERROR: division by 0 near x",
            "ERROR: MAXACTION exceeded near x", "WARNING: Number of errors: 5, skipped probes: 9",
            "WARNING: Skipped due to low stack: 4",
            "WARNING: Skipped due to missed kretprobe on 'x': 2", "WARNING: There were 3 transport failures.",
            "WARNING: There were 4 transport failures.",
        ] { losses.add(StapMessage(line: line)) }
        #expect(losses.errors == 5)
        #expect(losses.faults == 1)
        #expect(losses.limits == ["MAXACTION": 1])
        #expect(losses.otherErrors == 3)
        // Missed kprobes are apart from the total.
        #expect(losses.skippedProbes == 11)
        #expect(losses.transportFailures == 7)
    }

    @Test func manyDifferentFaultsAreAllCounted() {
        var losses = MessageLosses()
        let faults: UInt64 = 20_000
        for address in 0..<faults {
            losses.add(StapMessage(line: "ERROR: read fault [man error::fault] at 0x\(address) near x"))
        }
        #expect(losses.faults == faults)
    }
}
