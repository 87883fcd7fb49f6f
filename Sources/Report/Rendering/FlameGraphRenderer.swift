/// Renders a summary's stacks as a flame graph: an SVG that zooms and searches in a browser, and is a drawing
/// everywhere else.
public struct FlameGraphRenderer: Sendable {
    private static let width = 1200
    private static let headHeight = 66

    /// Creates a renderer.
    public init() {}

    /// The document; where there is no stack it says so.
    public func render(_ summary: Summary) -> String {
        render(
            TextRenderer.headline(of: summary),
            summary.profiles.map { ($0.title, FlameGraph($0, frames: summary.frames)) })
    }

    /// The stacks of all steps of a runbook, step by step.
    func render(_ report: BatchReport) -> String {
        render(
            report.headline,
            report.summaries.flatMap { step, summary in
                summary.profiles.map { ("\(step): \($0.title)", FlameGraph($0, frames: summary.frames)) }
            })
    }

    private func render(_ headline: String, _ graphs: [(title: String, graph: FlameGraph)]) -> String {
        var pieces: [Markup] = [
            .element("title", text: headline), .lineEnd,
            .element("style", [:], [.verbatim(Self.style), .verbatim(FlameGraph.style)]), .lineEnd,
            .empty("rect", ["class": "page", "width": "100%", "height": "100%"]), .lineEnd,
            .element("text", ["class": "headline", "x": "10", "y": "24"], text: headline), .lineEnd,
        ]
        var y = 40
        for (title, graph) in graphs {
            pieces += [figure(graph, title: title, y: y), .lineEnd]
            y += Self.headHeight + graph.height + 20
        }
        if graphs.isEmpty {
            pieces += [
                .element("text", ["class": "note", "x": "10", "y": "56"], text: "No stacks."), .lineEnd,
            ]
            y = 80
        }
        pieces += [
            .element(
                "script", [:], [.verbatim(Self.start), .verbatim(FlameGraph.script), .verbatim(Self.end)])
        ]
        return Markup.element(
            "svg",
            [
                "xmlns": "http://www.w3.org/2000/svg", "width": "\(Self.width)", "height": "\(y)",
            ], [.lineEnd, Markup(pieces), .lineEnd]
        ).source + "\n"
    }

    private func figure(_ graph: FlameGraph, title: String, y: Int) -> Markup {
        .element(
            "svg",
            ["x": "10", "y": "\(y)", "width": "98%", "height": "\(Self.headHeight + graph.height)"],
            [
                .element("text", ["class": "title", "x": "0", "y": "16"], text: title),
                .element("text", ["class": "note", "x": "0", "y": "36"], text: graph.caption),
                .element(
                    "text", ["class": "tool", "data-role": "search", "x": "0", "y": "56"], text: "Search"),
                .element(
                    "text", ["class": "tool", "data-role": "reset", "x": "60", "y": "56"], text: "Reset"),
                .element("text", ["class": "note", "data-role": "result", "x": "120", "y": "56"]),
                .element("text", ["class": "note", "data-role": "detail", "x": "240", "y": "56"]),
                graph.markup(y: Self.headHeight),
            ])
    }

    private static let style: StaticString = """

        svg { --page: #fff; --ink: #1b1b1b; --link: #0b57d0; }
        @media (prefers-color-scheme: dark) { svg { --page: #16181c; --ink: #e8e8e8; --link: #8ab4f8; } }
        :root { background: var(--page); color-scheme: light dark; }
        text { font: 13px system-ui, sans-serif; fill: var(--ink); }
        .page { fill: var(--page); }
        .headline, .title { font-weight: 600; }
        .headline { font-size: 16px; }
        .note { opacity: 0.75; }
        .tool { fill: var(--link); cursor: pointer; }

        """

    private static let start: StaticString = """
        //<![CDATA[
        document.documentElement.setAttribute("width", "100%");

        """
    private static let end: StaticString = "//]]>"
}
