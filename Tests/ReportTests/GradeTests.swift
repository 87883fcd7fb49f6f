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
        (.guarded("--max-load 4"), 5, [], .degraded), (.guarded("--max-load 4"), 0, [], .inconclusive),
        (.failed("x"), 5, [], .degraded), (.deadline(phase: "trace"), 5, [], .degraded),
        (.timeout, 5, [.skippedProbes], .degraded), (.timeout, 0, [.skippedProbes], .inconclusive),
        (.timeout, 5, [.faults], .degraded), (.timeout, 0, [.faults], .inconclusive),
        (.timeout, 5, [.runtimeErrors], .degraded), (.timeout, 0, [.transportFailures], .inconclusive),
        (.timeout, 0, [.outputCut(atBytes: 1)], .inconclusive),
        (.exited, 5, [.recordsNotKept("t")], .degraded),
        (.timeout, 5, [.unfinishedStacks], .degraded), (.timeout, 5, [.truncatedStrings], .degraded),
        (.timeout, 5, [.unseenProcesses], .degraded), (.timeout, 0, [.unseenProcesses], .inconclusive),
        (.timeout, 5, [.unmetProcesses("f")], .degraded),
        (.timeout, 0, [.unmetProcesses("f")], .inconclusive),
        (.timeout, 5, [.replacedFile("f")], .degraded), (.timeout, 0, [.replacedFile("f")], .inconclusive),
        (.timeout, 5, [.unusedFile("f")], .complete), (.timeout, 0, [.unusedFile("f")], .inconclusive),
        (.commandFailed("ended with status 1"), 5, [], .complete), (.commandFailed("x"), 0, [], .complete),
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

/// Also of a summary that was kept, and only where nothing was lost.
@Test func aRecipeSaysWhatNothingMeans() throws {
    var builder = try SummaryBuilder(
        records: [Make.record("wait", "wait {us:integer}")], emptyMeaning: "no thread began to wait")
    let summary = builder.finish(RunFacts(recipe: "r", end: .exited))
    let words = "Nothing matched, and nothing was lost: no thread began to wait."
    #expect(ReportMessages.conclusions(summary) == [words])
    let read = try Summary(json: Array(JSONRenderer().render(summary).utf8))
    #expect(ReportMessages.conclusions(read) == [words])
    let lossy = builder.finish(
        RunFacts(recipe: "r", end: .exited, losses: [Loss(.skippedProbes, count: 1)]))
    #expect(!ReportMessages.conclusions(lossy)[0].contains("no thread"))
    builder.feed("wait 5")
    #expect(ReportMessages.conclusions(builder.finish(summary.facts)).isEmpty)
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

@Test func whatTheRecipeDoesNotSeeIsInconclusiveWhateverWasFound() {
    let verdict = Verdict.of(
        end: .timeout, recordCount: 5, losses: [Loss(.faults, count: 1)], doubts: ["blind"])
    #expect(verdict.grade == .inconclusive)
    #expect(verdict.reasons.map(ReportMessages.text(of:)).first == "blind")
    #expect(verdict.reasons.count == 2)
}
