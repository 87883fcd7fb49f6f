import Diagnostics
import Glibc
import RecipeModel

/// Turns the facts of a summary into words.
enum ReportMessages {
    /// What was lost, such as `82 hits of probes were skipped`.
    static func text(of loss: Loss) -> String {
        let count = loss.count
        func times(_ one: String, _ many: String) -> String { "\(count) \(count == 1 ? one : many)" }
        switch loss.kind {
        case .skippedProbes: return times("probe hit was skipped", "probe hits were skipped")
        case .unplacedProbes: return times("probe could not be placed", "probes could not be placed")
        case .limitReached(let name): return "limit \(name) was reached \(times("time", "times"))"
        case .runtimeErrors: return times("run-time error", "run-time errors")
        case .faults: return times("memory fault in a handler", "memory faults in handlers")
        case .transportFailures: return times("piece of output was lost", "pieces of output were lost")
        case .unseenProcesses:
            return times(
                "process of the target's group was not followed",
                "processes of the target's group were not followed")
        case .unmetProcesses(let file):
            return times("process has", "processes have") + " another file than the probed '\(file)' in use"
        case .replacedFile(let file):
            return "'\(file)' was replaced during the run: what was started from then on met no probe"
        case .unusedFile(let file): return "the target did not have '\(file)' in use as the run began"
        case .outputCut(let bytes): return "the output was cut at \(Quantity.size(bytes))"
        case .truncatedStrings:
            return times(
                "text was cut at the greatest string length", "texts were cut at the greatest string length")
        case .cutLines: return times("line was too long and was cut", "lines were too long and were cut")
        case .missingUnwindData(let module): return "no unwind data for '\(module)'"
        case .unfinishedStacks:
            return times("stack was not unwound to its end", "stacks were not unwound to their ends")
        case .stacksNotKept:
            return times(
                "stack was not kept: too many distinct ones", "stacks were not kept: too many distinct ones")
        case .recordsNotKept(let title):
            return times("record", "records") + " did not fit in '\(title)': too many distinct ones"
        case .unmatchedLines: return times("line is part of no record", "lines are part of no record")
        }
    }

    /// What a kind of loss names: a limit, a module, a title.
    static func subject(of kind: LossKind) -> String? {
        switch kind {
        case .limitReached(let name), .missingUnwindData(let name), .recordsNotKept(let name),
            .unmetProcesses(let name), .replacedFile(let name), .unusedFile(let name):
            name
        default: nil
        }
    }

    /// How the run ended.
    static func text(of end: RunEnd) -> String {
        switch end {
        case .timeout: "ended by its timeout"
        case .exited: "ended by itself"
        case .commandFailed(let words): "ended with its command, which \(words)"
        case .interrupted: "was interrupted"
        case .limit(let name): "was ended by the limit \(name)"
        case .guarded(let guardWords): "was ended by \(guardWords)"
        case .deadline(let phase): "ran out of time in the phase '\(phase)'"
        case .failed(let message): "failed: \(message)"
        case .notStarted(let message): "never began to trace: \(message)"
        case .unknown: "how it ended is not known"
        }
    }

    /// The same in a few letters, for JSON; never changes.
    static func name(of end: RunEnd) -> String {
        switch end {
        case .timeout: "timeout"
        case .exited, .commandFailed: "exited"
        case .interrupted: "interrupted"
        case .limit: "limit"
        case .guarded: "guard"
        case .deadline: "deadline"
        case .failed: "failed"
        case .notStarted: "not-started"
        case .unknown: "unknown"
        }
    }

    /// What an end names: a limit, a phase, a message.
    static func subject(of end: RunEnd) -> String? {
        switch end {
        case .limit(let text), .guarded(let text), .deadline(let text), .failed(let text),
            .notStarted(let text), .commandFailed(let text):
            text
        case .timeout, .exited, .interrupted, .unknown: nil
        }
    }

    /// Why a verdict is what it is.
    static func text(of reason: Verdict.Reason) -> String {
        switch reason {
        case .ended(.unknown): "the saved output does not tell whether the run was whole"
        case .ended(let end): "the run \(text(of: end))"
        case .lost(let loss): text(of: loss)
        case .nothingRecorded: "nothing was recorded"
        case .doubted(let reason): reason
        }
    }

    /// The grade in a sentence.
    static func text(of verdict: Verdict) -> String {
        guard !verdict.reasons.isEmpty else {
            return "complete: nothing was lost"
        }
        if verdict.grade == .complete { return "complete: nothing was recorded and nothing was lost" }
        let reasons = verdict.reasons.map(text).joined(separator: "; ")
        return "\(verdict.grade.rawValue): \(reasons)"
    }

    /// Without a record, what that means, in sentences.
    static func conclusions(_ summary: Summary) -> [String] {
        guard summary.recordCount == 0 else { return [] }
        return [meaningOfNothing(summary), foreignOutput(summary)].compactMap { words in
            words.map { $0.prefix(1).uppercased() + $0.dropFirst() + "." }
        }
    }

    /// Lines that are shown as they came, under their headings.
    static func excerpts(of summary: Summary) -> [(title: String, lines: [String])] {
        [
            ("Lines that are part of no record", summary.unmatchedExamples),
            ("Messages of stap", summary.messages),
        ].filter { !$0.1.isEmpty }
    }

    /// What a histogram without a title is called.
    static let untitledHistogram = "Histogram"

    /// What a profile adds up, such as `3 requests` or `4096 bytes of leaks`.
    static func weight(_ weight: Int128, of profile: Profile) -> String {
        switch profile.weight {
        case .count: records(Int(clamping: weight), profile.record)
        case .sum(let field): "\(weight) \(field) of \(plural(of: profile.record))"
        }
    }

    /// What a form of the summary cannot say by itself, for standard error; nil where it says all.
    static func unsaid(_ summary: Summary, in format: SummaryFormat) -> String? {
        if format.isOfStacks, summary.profiles.isEmpty {
            return summary.stacks.isEmpty
                ? "no record has a stack, so there is nothing to draw"
                : "a summary in JSON has the stacks of its tables alone, so there is nothing to draw: take runs of 'export'"
        }
        guard !format.tellsGrade, summary.verdict.grade != .complete else { return nil }
        return "the summary is \(text(of: summary.verdict))"
    }

    /// What it means that there is no record.
    private static func meaningOfNothing(_ summary: Summary) -> String {
        if case .notStarted = summary.facts.end {
            return "nothing was traced, so this says nothing about the target"
        }
        switch summary.verdict.grade {
        case .complete:
            let span = summary.facts.traced.map { " in \(Quantity.duration($0))" } ?? ""
            if let unmatched = summary.losses.first(where: { $0.kind == .unmatchedLines }) {
                return "nothing was lost\(span), but no line is a record and \(text(of: unmatched)): "
                    + "nothing happened only if those are not what the recipe looks for"
            }
            let meaning = summary.emptyMeaning ?? "what the recipe looks for did not happen"
            return "nothing matched\(span), and nothing was lost: \(meaning)"
        case .degraded, .inconclusive:
            return "nothing was recorded, but that does not mean that nothing happened"
        }
    }

    /// That a saved output without a record looks to be another recipe's; nil where there is no sign of that.
    private static func foreignOutput(_ summary: Summary) -> String? {
        guard summary.facts.savedOutput != nil, !summary.unmatchedExamples.isEmpty else { return nil }
        let patterns = summary.recordCounts.filter { !$0.isFollower }.map { "'\($0.pattern)'" }
        guard !patterns.isEmpty else { return nil }
        return "no line is one of this recipe's, such as \(patterns.joined(separator: " or ")); "
            + "another recipe or script may have printed it"
    }

    /// `37 requests`, `1 leak`.
    static func records(_ count: Int, _ name: String) -> String {
        "\(count) \(count == 1 ? name : plural(of: name))"
    }

    /// The records of a kind, by what they stand for: `6465 requests`.
    static func records(_ count: Summary.RecordCount) -> String {
        guard let total = count.total else { return records(count.count, count.name) }
        let isOne = total.sum == 1 && total.field.hasSuffix("s") && !total.field.hasSuffix("ss")
        return "\(total.sum) \(isOne ? String(total.field.dropLast()) : total.field)"
    }

    private static func plural(of name: String) -> String {
        if name.hasSuffix("s"), !name.hasSuffix("ss") { return name }
        if ["ss", "x", "z", "ch", "sh"].contains(where: name.hasSuffix) { return name + "es" }
        if name.hasSuffix("y"), let before = name.dropLast().last, !"aeiou".contains(before) {
            return name.dropLast() + "ies"
        }
        return name + "s"
    }

    /// The words for an unreadable saved output.
    static func text(of failure: SavedOutput.Failure) -> String {
        switch failure {
        case .unreadable(let path, let code):
            "cannot read '\(path)': \(String(cString: strerror(code)))"
        case .notAFile(let path):
            "'\(path)' is not a regular file, expected a saved output"
        }
    }

    /// The words for a document that cannot be read.
    static func text(of problem: DocumentProblem) -> String {
        switch problem {
        case .malformed(let words): "found \(words)"
        case .otherFormat(let found):
            "found \(found.map { "the format '\($0.prefix(60))'" } ?? "no 'format'"), expected what "
                + "'taprecipe run --format json' or 'export' writes"
        case .otherVersion(let version):
            "found version \(version) of the format, expected 1: a newer taprecipe wrote it"
        case .outOfRange(let name): "the value of '\(name.prefix(60))' is not one that it can have"
        case .tooLarge(let bytes): "has \(Quantity.size(UInt64(bytes))), more than such documents have"
        }
    }

    /// A record's pattern that the recipe's loader should have refused.
    static func malformedPattern(_ record: RecordDefinition, _ error: RecordPatternError) -> Diagnostic {
        .error("pattern of record '\(record.name)' is malformed", at: record.line.range)
    }

    /// A tree's label that the recipe's loader should have refused.
    static func malformedLabel(_ label: Located<String>, _ error: RecordPatternError) -> Diagnostic {
        .error("label '\(label.value)' is malformed", at: label.range)
    }

    /// A follower that is no record.
    static func unknownRecord(_ name: Located<String>, among names: [String]) -> Diagnostic {
        .error(
            "'\(name.value)' is not a record\(Likeness.suggestion(for: name.value, among: names))",
            at: name.range)
    }
}
