/// Renders the report of a runbook for a person: the steps a line each, then each step's summary.
struct BatchText {
    let renderer: TextRenderer

    private var terminal: TerminalText { TerminalText(isUnicode: renderer.isUnicode) }
    private var style: TextStyle { TextStyle(isColored: renderer.isColored) }

    func render(_ report: BatchReport) -> String {
        var lines = TerminalText.wrap(terminal.printable(report.headline), renderer.width).map(style.title)
        lines.append("")
        for row in BatchMessages.facts(of: report) {
            lines += aligned(row.label, row.text, column: 12, name: style.dim)
        }
        lines.append("")
        let names = report.steps.map { TerminalText.width($0.name) }
        let column = min(names.max() ?? 0, renderer.width / 3) + 2
        for step in report.steps {
            let paint = step.end.isFailure ? style.loss : { $0 }
            lines += aligned(step.name, step.result, column: column, text: paint)
        }
        for step in report.steps {
            let body = self.body(of: step)
            if !body.isEmpty { lines += ["", style.title(heading(step.title)), ""] + body }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private func heading(_ title: String) -> String {
        let rule = renderer.isUnicode ? "──" : "--"
        return "\(rule) \(terminal.printable(title)) \(rule)"
    }

    private func body(of step: BatchReport.Step) -> [String] {
        if let summary = step.summary {
            return renderer.render(summary).split(separator: "\n", omittingEmptySubsequences: false)
                .dropLast().map(String.init)
        }
        let messages = step.neededMessages
        if messages.isEmpty { return [] }
        return [terminal.printable(step.result)] + messages.map { "  " + terminal.printable($0) }
    }

    /// A label and a text behind it, on as many lines as it needs.
    private func aligned(
        _ label: String, _ text: String, column: Int, name: (String) -> String = { $0 },
        text paint: (String) -> String = { $0 }
    ) -> [String] {
        let label = terminal.fit(terminal.printable(label), column - 1)
        let room = max(renderer.width - column - 2, 10)
        return TerminalText.wrap(terminal.printable(text), room).enumerated().map { index, line in
            let head = index == 0 ? label : ""
            let padding = String(repeating: " ", count: max(column - TerminalText.width(head), 1))
            return "  " + name(head) + padding + paint(line)
        }
    }
}
