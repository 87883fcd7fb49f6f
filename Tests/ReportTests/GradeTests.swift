import Testing

@testable import Report

@Test(
    arguments: [
        (RunEnd.timeout, 5, [], Grade.complete), (.exited, 5, [], .complete), (.unknown, 5, [], .complete),
        (.timeout, 0, [], .complete), (.exited, 0, [], .complete),
        (.unknown, 0, [], .inconclusive), (.interrupted, 0, [], .inconclusive),
        (.limit("MAXSKIPPED"), 0, [], .inconclusive), (.deadline(phase: "trace"), 0, [], .inconclusive),
        (.failed("x"), 0, [], .inconclusive), (.notStarted("x"), 0, [], .inconclusive),
        (.notStarted("x"), 5, [], .inconclusive),
        (.interrupted, 5, [], .degraded), (.limit("MAXSKIPPED"), 5, [], .degraded),
        (.failed("x"), 5, [], .degraded), (.deadline(phase: "trace"), 5, [], .degraded),
        (.timeout, 5, [.skippedProbes], .degraded), (.timeout, 0, [.skippedProbes], .inconclusive),
        (.timeout, 5, [.faults], .degraded), (.timeout, 0, [.faults], .inconclusive),
        (.timeout, 5, [.runtimeErrors], .degraded), (.timeout, 0, [.transportFailures], .inconclusive),
        (.timeout, 0, [.outputCut(atBytes: 1)], .inconclusive),
        (.exited, 5, [.recordsNotKept("t")], .degraded),
        (.timeout, 5, [.unfinishedStacks], .degraded), (.timeout, 5, [.truncatedStrings], .degraded),
        (.timeout, 0, [.missingUnwindData(module: "m")], .complete),
        (.timeout, 5, [.missingUnwindData(module: "m")], .degraded),
        (.timeout, 5, [.unmatchedLines], .complete), (.timeout, 0, [.unmatchedLines], .complete),
        (.timeout, 5, [.cutLines], .degraded), (.timeout, 0, [.cutLines], .inconclusive),
        (.timeout, 5, [.stacksNotKept], .degraded), (.timeout, 0, [.runtimeErrors], .inconclusive),
        (.timeout, 5, [.transportFailures], .degraded), (.timeout, 5, [.outputCut(atBytes: 1)], .degraded),
        (.exited, 0, [.recordsNotKept("t")], .inconclusive),
        (.timeout, 5, [.limitReached("MAXACTION")], .degraded),
        (.timeout, 0, [.limitReached("MAXACTION")], .inconclusive),
    ] as [(RunEnd, Int, [LossKind], Grade)])
func aRunIsGraded(end: RunEnd, records: Int, losses: [LossKind], grade: Grade) {
    let verdict = Verdict.of(end: end, recordCount: records, losses: losses.map { Loss($0) })
    #expect(verdict.grade == grade)
    #expect(verdict.reasons.isEmpty == (grade == .complete && records > 0))
}

@Test func lossesOfNoCountAreNone() {
    #expect(Verdict.of(end: .timeout, recordCount: 1, losses: [Loss(.faults, count: 0)]).grade == .complete)
}

@Test func theSameLossReportedTwiceCountsOnce() {
    let merged = [Loss].merged([
        Loss(.unmatchedLines, count: 2), Loss(.skippedProbes, count: 82), Loss(.skippedProbes, count: 80),
        Loss(.faults, count: 0),
    ])
    #expect(merged == [Loss(.skippedProbes, count: 82), Loss(.unmatchedLines, count: 2)])
}

@Test(arguments: [
    ("WARNING: Number of errors: 0, skipped probes: 82", StapMessage.totals(errors: 0, skipped: 82)),
    (
        "WARNING: Number of errors: 99999999999999999999, skipped probes: 1",
        .totals(errors: Int.max, skipped: 1)
    ),
    ("ERROR: MAXACTION exceeded near keyword at debug_connection.stp:86:9", .limitReached("MAXACTION")),
    (
        "ERROR: Array overflow, check MAXMAPENTRIES near identifier 'x' at a:1:1",
        .limitReached("MAXMAPENTRIES")
    ),
    (
        "ERROR: Skipped too many probes, check MAXSKIPPED or try again with stap -t for more details.",
        .limitReached("MAXSKIPPED")
    ),
    (
        "ERROR: probe overhead (1 cycles) exceeded threshold (2 cycles) in last 3 cycles",
        .limitReached("STP_OVERLOAD")
    ),
    ("ERROR: read fault [man error::fault] at 0x10 near operator '->' at a:1:1", .fault),
    ("ERROR: user string copy fault -14 at 0x10 [man error::fault] near identifier 'x' at a:1:1", .fault),
    ("ERROR: division by 0 near operator '/' at a:1:1", .runtimeError),
    ("WARNING: There were 7 transport failures.", .transportFailures(7)),
    (
        "WARNING: Missing unwind data for a module, rerun with 'stap -d /lib64/libc-2.12.so'",
        .missingUnwindData(module: "/lib64/libc-2.12.so")
    ),
    (
        "WARNING: Missing unwind data for module, rerun with 'stap -d kernel'",
        .missingUnwindData(module: "kernel")
    ),
    ("WARNING: Skipped due to global 'x' lock timeout: 12", .skipped(12)),
    ("Pass 2: analysis failed.  [man error::pass2]", .notStarted),
    ("semantic error: unable to find local 'x'", .notStarted),
    ("ERROR: Couldn't insert module '/tmp/x.ko': Operation not permitted", .notStarted),
    ("WARNING: Kernel function symbol table missing", .other),
])
func stapsOwnMessagesAreRead(line: String, expected: StapMessage) {
    #expect(StapMessage.isMessage(ArraySlice(line)))
    #expect(StapMessage(line) == expected)
}
