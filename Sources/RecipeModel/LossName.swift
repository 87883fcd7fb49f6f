/// The names of what a run can lose, as summaries and tests have them; they never change.
public enum LossName: String, Sendable, CaseIterable {
    case skippedProbes = "skipped-probes"
    case unplacedProbes = "unplaced-probes"
    case limitReached = "limit-reached"
    case runtimeErrors = "run-time-errors"
    case faults
    case transportFailures = "transport-failures"
    case unseenProcesses = "unseen-processes"
    case unmetProcesses = "unmet-processes"
    case replacedFiles = "replaced-files"
    case unusedFiles = "unused-files"
    case outputCut = "output-cut"
    case truncatedStrings = "truncated-strings"
    case cutLines = "cut-lines"
    case missingUnwindData = "missing-unwind-data"
    case unfinishedStacks = "unfinished-stacks"
    case stacksNotKept = "stacks-not-kept"
    case recordsNotKept = "records-not-kept"
    case unmatchedLines = "unmatched-lines"
}
