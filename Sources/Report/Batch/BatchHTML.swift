extension HTMLRenderer {
    /// The report of a runbook: a table of the steps, then each step's summary on the same page.
    func render(_ report: BatchReport) -> String {
        let facts = BatchMessages.facts(of: report).map { row -> Markup in
            [.element("dt", text: row.label), .element("dd", text: row.text)]
        }
        let heads = ["step", "recipe", "result"].map {
            Markup.element("th", ["scope": "col"], [.element("button", ["type": "button"], text: $0)])
        }
        let rows = report.steps.map { step -> Markup in
            let cells = [step.name, step.recipe, step.result].map {
                Markup.element("td", ["class": "text"], text: $0)
            }
            return .element("tr", [:], Markup(cells))
        }
        let header: [Markup] = [
            .element("h1", text: report.headline),
            .element("dl", [:], [.lineEnd, facts.lines]),
            HTMLTable.sortable(heads, rows),
        ]
        let steps = report.steps.flatMap { step -> [Markup] in
            if let summary = step.summary { return sections(of: summary, as: step.title) }
            guard !step.neededMessages.isEmpty else { return [] }
            return [
                section(
                    "\(step.title): \(step.result)",
                    .element("pre", [:], step.neededMessages.map(Markup.text).lines))
            ]
        }
        let head = Markup.element("header", [:], [.lineEnd, header.lines])
        return page(report.headline, [head] + steps)
    }
}
