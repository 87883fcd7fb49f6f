import Glibc
import RecipeModel

/// Renders a summary in Prometheus' text format (version 0.0.4), for the textfile collector of node_exporter.
///
/// All metrics are gauges that speak of the last run, and bear the recipe as a label. A row of a table is a sample
/// for each of its numbers, with the columns that it is grouped by as labels; of a stack the innermost function and
/// a digest of the whole, which stays the same from run to run.
public struct PrometheusRenderer: Sendable {
    private typealias Labels = [(name: String, value: String)]

    private struct Metric {
        var name: String
        var help: String
        var samples: [(labels: Labels, value: String)]

        init(_ name: String, _ help: String, _ samples: [(labels: Labels, value: String)]) {
            self.name = name
            self.help = help
            self.samples = samples
        }
    }

    /// Creates a renderer.
    public init() {}

    /// The text, each line ending in a line feed.
    public func render(_ summary: Summary) -> String {
        metrics(of: summary).map { text(of: $0, [("recipe", summary.facts.recipe)]) }.joined()
    }

    /// The metrics of all steps of a runbook, with the runbook and the step as labels; before them how each ended.
    func render(_ report: BatchReport) -> String {
        let runbook = ("runbook", report.runbook)
        var metrics = [
            Metric("batch_exit_code", "The exit code of all steps.", [([runbook], "\(report.status)")]),
            Metric(
                "step_info", "What became of a step; always 1.",
                report.steps.map {
                    ([runbook, ("step", $0.name), ("recipe", $0.recipe), ("end", $0.end.kind)], "1")
                }),
            Metric(
                "step_exit_code", "The exit code of a step.",
                report.steps.compactMap { step in
                    guard case .exited(let code) = step.end else { return nil }
                    return ([runbook, ("step", step.name)], "\(code)")
                }),
        ]
        for (step, summary) in report.summaries {
            let labels = [runbook, ("step", step), ("recipe", summary.facts.recipe)]
            for var metric in self.metrics(of: summary) {
                metric.samples = metric.samples.map { (labels + $0.labels, $0.value) }
                if let place = metrics.firstIndex(where: { $0.name == metric.name }) {
                    metrics[place].samples += metric.samples
                } else {
                    metrics.append(metric)
                }
            }
        }
        return metrics.map { text(of: $0, []) }.joined()
    }

    private func metrics(of summary: Summary) -> [Metric] {
        let facts = summary.facts
        var info: Labels = []
        if let engine = facts.engine { info.append(("engine", engine)) }
        if let kernel = facts.kernel { info.append(("kernel", kernel)) }
        info.append(("end", ReportMessages.name(of: facts.end)))
        let metrics = [
            Metric("run_info", "How the last run was made and ended; always 1.", [(info, "1")]),
            Metric(
                "grade", "1 for the grade of the last summary, 0 for the others.",
                Grade.allCases.map { ([("grade", $0.rawValue)], $0 == summary.verdict.grade ? "1" : "0") }),
            Metric("start_timestamp_seconds", "When tracing began.", [([], timestamp(facts.started))]),
            Metric("traced_seconds", "How long it traced.", [([], seconds(facts.traced))]),
            Metric("timeout_seconds", "How long it was to trace.", [([], seconds(facts.timeout))]),
            Metric(
                "attempts", "How many runs it took until the limits were large enough.",
                [([], "\(facts.attempts)")]),
            Metric(
                "records", "Records found, by their kind.",
                summary.recordCounts.map { ([("record", $0.name)], "\($0.count)") }),
            Metric(
                "counted", "What the records of a kind stand for, added up.",
                summary.recordCounts.compactMap { count in
                    count.total.map { ([("record", count.name), ("of", $0.field)], "\($0.sum)") }
                }),
            Metric("distinct_stacks", "Distinct stacks seen.", [([], "\(summary.distinctStackCount)")]),
            Metric(
                "lost", "What was lost or is not whole, by its kind.",
                summary.losses.map { loss in
                    let subject = ReportMessages.subject(of: loss.kind).map { [("subject", $0)] } ?? []
                    return ([("kind", loss.kind.name.rawValue)] + subject, "\(loss.count)")
                }),
            Metric(
                "table_rows", "Rows of each table, those that are not shown included.",
                summary.tables.map { ([("table", $0.title)], "\($0.rows.count + $0.omittedRows)") }),
        ]
        var cells = Metric("table_value", "The numbers of the rows of each table that are shown.", [])
        for table in summary.tables { cells.samples += samples(of: table, summary.stacks) }
        return metrics + [cells]
    }

    private func samples(of table: Table, _ stacks: [Stack]) -> [(labels: Labels, value: String)] {
        var samples: [(labels: Labels, value: String)] = []
        for row in table.rows {
            var labels: Labels = [("table", table.title)]
            for (column, cell) in zip(table.columns, row) where !column.isMeasure {
                let name = unused(Self.labelName(column.name), in: labels)
                if case .stack(let place) = cell {
                    labels.append((name, stacks[place].frames.first?.name ?? ""))
                    let path = FoldedRenderer.line(of: stacks[place])
                    labels.append((unused(name + "_digest", in: labels), StableHash.digits(of: path)))
                } else {
                    labels.append((name, cell.text))
                }
            }
            for (column, cell) in zip(table.columns, row) where column.isMeasure {
                guard let value = cell.number else { continue }
                samples.append((labels + [("column", column.name)], value))
            }
        }
        return samples
    }

    private func text(of metric: Metric, _ common: Labels) -> String {
        let samples = metric.samples.filter { !$0.value.isEmpty }
        guard !samples.isEmpty else { return "" }
        let name = "taprecipe_\(metric.name)"
        var text = "# HELP \(name) \(metric.help)\n# TYPE \(name) gauge\n"
        /// How often labels were used: rows may differ in what is not shown.
        var seen: [String: Int] = [:]
        for sample in samples {
            var labels = common + sample.labels
            let count = seen[written(labels), default: 0] + 1
            seen[written(labels)] = count
            if count > 1 { labels.append((unused("row", in: labels), "\(count)")) }
            text += "\(name){\(written(labels))} \(sample.value)\n"
        }
        return text
    }

    private func written(_ labels: Labels) -> String {
        labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
    }

    /// `last-free.stack` becomes `last_free_stack`; those that are taken get an underscore.
    private static func labelName(_ column: String) -> String {
        let name = String(
            column.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        let isReserved =
            ["recipe", "table", "column", "runbook", "step"].contains(name) || name.hasPrefix("__")
        return name.first?.isNumber ?? true || isReserved ? "field_" + name : name
    }

    private func unused(_ name: String, in labels: Labels) -> String {
        var name = name
        while labels.contains(where: { $0.name == name }) { name += "_" }
        return name
    }

    private static func escaped(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            TerminalText(isUnicode: true).printable(String(line))
                .replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        }.joined(separator: "\\n")
    }

    private func seconds(_ duration: Duration?) -> String {
        guard let (seconds, attoseconds) = duration?.components else { return "" }
        return "\(Double(seconds) + Double(attoseconds) / 1e18)"
    }

    /// Seconds since 1970 of `2026-11-23 03:12:45 UTC`; nothing where it is not of that form.
    private func timestamp(_ text: String?) -> String {
        let numbers = text?.split { !$0.isNumber }.compactMap { Int32($0) } ?? []
        guard numbers.count == 6, text?.hasSuffix(" UTC") == true else { return "" }
        var parts = tm()
        parts.tm_year = numbers[0] - 1900
        parts.tm_mon = numbers[1] - 1
        (parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec) = (
            numbers[2], numbers[3], numbers[4], numbers[5]
        )
        return "\(timegm(&parts))"
    }
}
