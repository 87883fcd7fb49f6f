/// Renders the report of a runbook as Markdown (GitHub's): a table of the steps, then each step's summary.
struct BatchMarkdown {
    func render(_ report: BatchReport) -> String {
        var lines = ["# " + MarkdownText.words(report.headline), ""]
        lines += BatchMessages.facts(of: report).map { "- **\($0.label)**: \(MarkdownText.words($0.text))" }
        lines += ["", "| step | recipe | result |", "| :--- | :--- | :--- |"]
        lines += report.steps.map { step in
            let cells = [step.name, step.recipe, step.result].map(MarkdownText.words)
            return "| " + cells.joined(separator: " | ") + " |"
        }
        for step in report.steps {
            if let summary = step.summary {
                let text = MarkdownRenderer(level: 2).render(summary, as: step.title)
                lines += ["", text.hasSuffix("\n") ? String(text.dropLast()) : text]
            } else if !step.neededMessages.isEmpty {
                let messages = step.neededMessages.map(TerminalText(isUnicode: true).printable)
                lines += ["", "## " + MarkdownText.words("\(step.title): \(step.result)"), ""]
                lines += MarkdownText.fenced(messages)
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }
}
