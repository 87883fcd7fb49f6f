/// The words for what became of a runbook's steps.
enum BatchMessages {
    /// The answer in one line, such as `nightly: 3 of 4 steps ran, 1 failed; exit code 1`.
    static func headline(of report: BatchReport) -> String {
        func count(_ isCounted: (StepEnd) -> Bool) -> Int { report.steps.count { isCounted($0.end) } }
        let skipped = count { if case .skipped = $0 { true } else { false } }
        let failed = count(\.isFailure)
        let ran = count { end in
            switch end {
            case .exited, .signalled, .overdue: true
            case .notStarted, .skipped: false
            }
        }
        let all = report.steps.count
        var parts = ["\(ran) of \(all) step\(all == 1 ? "" : "s") ran"]
        if failed > 0 { parts.append("\(failed) failed") }
        if skipped > 0 { parts.append("\(skipped) skipped") }
        return "\(report.runbook): \(parts.joined(separator: ", ")); exit code \(report.status)"
    }

    /// What became of a step, in a line.
    static func result(of step: BatchReport.Step) -> String {
        let words = words(step.end)
        guard let summary = step.summary else {
            return step.end.isFailure ? firstError(in: step.messages).map { "failed: \($0)" } ?? words : words
        }
        let headline = TextRenderer.headline(of: summary)
        let prefix = "\(summary.facts.recipe): "
        let found = headline.hasPrefix(prefix) ? String(headline.dropFirst(prefix.count)) : headline
        // What these say the summary's own line ends with.
        return [0, 5, 6].contains(step.end.exitCode) ? found : "\(found) (\(words))"
    }

    /// The first error that a step told, without its place.
    private static func firstError(in messages: String) -> String? {
        let mark = "error: "
        for line in messages.split(separator: "\n") {
            if line.hasPrefix(mark) { return String(line.dropFirst(mark.count)) }
            if let range = line.firstRange(of: ": " + mark) { return String(line[range.upperBound...]) }
        }
        return nil
    }

    static func words(_ end: StepEnd) -> String {
        switch end {
        case .exited(let code): words(ofExit: code)
        case .signalled(let number): "failed: signal \(number) ended it"
        case .overdue: "failed: it did not end in its time and was killed"
        case .notStarted(let reason): "failed: \(reason)"
        case .skipped(let reason): "skipped: \(words(reason))"
        }
    }

    private static func words(ofExit code: Int32) -> String {
        switch code {
        case 0: "completed"
        case 3: "failed: it did not pass checking"
        case 4: "failed: no engine can run it here"
        case 5: "nothing recorded"
        case 6: "inconclusive"
        case 10: "found what 'fail-if' names"
        case 130: "interrupted"
        default: "failed: exit code \(code)"
        }
    }

    private static func words(_ reason: SkipReason) -> String {
        switch reason {
        case .tooFew(let record, let step, 0, 1): "'\(step)' recorded no \(record)"
        case .tooFew(let record, let step, let found, let least):
            "'\(step)' recorded \(ReportMessages.records(found, record)), fewer than \(least)"
        case .unknown(let step): "'\(step)' has no summary that could tell whether it is wanted"
        case .budget: "the budget was used up"
        case .interrupted: "interrupted before it began"
        case .stopped(let step): "'\(step)' failed, and the runbook says to stop then"
        }
    }

    /// What the report opens with.
    static func facts(of report: BatchReport) -> [(label: String, text: String)] {
        var rows = [("host", report.host), ("started", report.started)]
        let budget = report.budget.map { " of \(Quantity.duration($0))" } ?? ""
        rows.append(("took", Quantity.duration(report.duration) + budget))
        if !report.variables.isEmpty {
            let values = report.variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            rows.append(("variables", values.joined(separator: ", ")))
        }
        return rows
    }
}

extension BatchReport {
    /// The answer in one line.
    public var headline: String { BatchMessages.headline(of: self) }
}

extension BatchReport.Step {
    /// What a heading calls it: its name, and the recipe where that is called otherwise.
    var title: String { name == recipe ? name : "\(name) (\(recipe))" }

    /// What became of it, in a line.
    public var result: String { BatchMessages.result(of: self) }

    /// The messages that a person needs: those of a step that has no summary to speak for it.
    var neededMessages: [String] {
        guard summary == nil, !messages.isEmpty else { return [] }
        return messages.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
    }
}
