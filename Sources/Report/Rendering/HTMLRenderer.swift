/// Renders a summary as one HTML page that needs nothing else, no network either, and works from `file://`: tables
/// that sort, flame graphs that zoom and search, trees that fold, light and dark.
///
/// Everything can be read without its script. A content security policy lets no other script run and nothing be
/// loaded, should a text ever come through unescaped.
public struct HTMLRenderer: Sendable {
    /// Creates a renderer.
    public init() {}

    /// The page.
    public func render(_ summary: Summary) -> String {
        page(TextRenderer.headline(of: summary), sections(of: summary))
    }

    /// A page of some sections.
    func page(_ title: String, _ sections: [Markup]) -> String {
        let head: [Markup] = [
            .empty("meta", ["charset": "utf-8"]),
            .empty("meta", ["http-equiv": "Content-Security-Policy", "content": HTMLPage.policy]),
            .empty("meta", ["name": "viewport", "content": "width=device-width, initial-scale=1"]),
            .empty("meta", ["name": "color-scheme", "content": "light dark"]),
            .empty("meta", ["name": "referrer", "content": "no-referrer"]),
            .element("title", text: title),
            .element("style", [:], [.verbatim(HTMLPage.style), .verbatim(FlameGraph.style)]),
        ]
        let page: Markup = [
            .verbatim("<!DOCTYPE html>\n"),
            .element(
                "html", ["lang": "en"],
                [
                    .lineEnd, .element("head", [:], [.lineEnd, head.lines]), .lineEnd,
                    .element(
                        "body", [:],
                        [
                            .lineEnd, .element("main", [:], [.lineEnd, sections.lines]), .lineEnd,
                            .element("script", [:], HTMLPage.script), .lineEnd,
                        ]),
                    .lineEnd,
                ]),
            .lineEnd,
        ]
        return page.source
    }

    /// All that is said of one summary, its header first, which begins with `subject`, by default the recipe's name.
    func sections(of summary: Summary, as subject: String? = nil) -> [Markup] {
        var sections = [header(summary, subject)]
        sections += summary.tables.filter { !$0.rows.isEmpty }.map {
            HTMLTable(stacks: summary.stacks).section(of: $0)
        }
        sections += summary.profiles.map { figure(of: $0, summary.frames) }
        sections += summary.trees.filter { !$0.nodes.isEmpty }.map(HTMLForest.section)
        sections += summary.histograms.map(histogram)
        sections += ReportMessages.excerpts(of: summary).map { title, lines in
            section(title, .element("pre", [:], lines.map(Markup.text).lines))
        }
        return sections
    }

    func section(_ title: String, _ content: Markup) -> Markup {
        .element("section", [:], [.element("h2", text: title), .lineEnd, content])
    }

    private func header(_ summary: Summary, _ subject: String?) -> Markup {
        let grade = summary.verdict.grade.rawValue
        var pieces: [Markup] = [
            .element(
                "h1", [:],
                [
                    .text(TextRenderer.findings(of: summary, as: subject) + " "),
                    .element("span", ["class": "grade \(grade)"], text: grade),
                ])
        ]
        for sentence in ReportMessages.conclusions(summary) { pieces.append(.element("p", text: sentence)) }
        let facts = FactRows.rows(of: summary).map { row -> Markup in
            let tone =
                switch row.tone {
                case .plain: "plain"
                case .loss: "loss"
                case .grade: "judged"
                }
            return [.element("dt", text: row.label), .element("dd", ["class": tone], text: row.text)]
        }
        pieces.append(.element("dl", [:], [.lineEnd, facts.lines]))
        return .element("header", [:], [.lineEnd, pieces.lines])
    }

    private func figure(of profile: Profile, _ frames: [StackFrame]) -> Markup {
        let graph = FlameGraph(profile, frames: frames)
        let tools: [Markup] = [
            .empty(
                "input",
                [
                    "type": "search", "data-role": "search", "placeholder": "Search functions",
                    "aria-label": "Search functions",
                ]),
            .element("button", ["type": "button", "data-role": "reset"], text: "Reset"),
            .element("output", ["data-role": "result"]),
        ]
        return section(
            "\(profile.title): flame graph",
            .element(
                "figure", [:],
                [
                    .lineEnd, .element("div", ["class": "tools", "hidden": ""], Markup(tools)), .lineEnd,
                    graph.markup(), .lineEnd,
                    .element("figcaption", text: graph.caption), .lineEnd,
                    .element("div", ["class": "detail", "data-role": "detail"]), .lineEnd,
                ]))
    }

    private func histogram(_ histogram: Histogram) -> Markup {
        let rows = histogram.buckets.map { bucket -> Markup in
            guard let bucket else {
                return .element(
                    "tr", [:],
                    [.element("td", ["class": "number"], text: "~"), .element("td"), .element("td")])
            }
            let share = Quantity.fixed(histogram.share(of: bucket) * 100, decimals: 1)
            return .element(
                "tr", [:],
                [
                    .element("td", ["class": "number"], text: bucket.bound),
                    .element("td", ["class": "number"], text: "\(bucket.count)"),
                    .element(
                        "td", [:],
                        bucket.count > 0
                            ? .element("div", ["class": "bucket", "style": "width: \(share)%"]) : []),
                ])
        }
        let head = ["value", "count"].map {
            Markup.element("th", ["class": "number", "scope": "col"], text: $0)
        }
        return section(
            histogram.title ?? ReportMessages.untitledHistogram,
            .element(
                "table", ["class": "histogram"],
                [
                    .element("thead", [:], .element("tr", [:], Markup(head + [.element("td")]))), .lineEnd,
                    .element("tbody", [:], [.lineEnd, rows.lines]),
                ]))
    }
}
