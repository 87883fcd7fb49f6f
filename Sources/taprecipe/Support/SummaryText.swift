import Report

/// A summary in the form that was asked for.
struct SummaryText {
    private let summary: Summary
    private let format: SummaryFormat

    init(_ summary: Summary, format: SummaryFormat) {
        self.summary = summary
        self.format = format
    }

    /// The text; a file has no terminal's width or colours, so it gets a wider page.
    func render(for console: Console, isFile: Bool) -> String {
        switch format {
        case .text:
            TextRenderer(
                width: isFile ? max(console.width, 120) : console.width,
                isColored: console.colorsOutput && !isFile, isUnicode: console.isUTF8
            ).render(summary)
        case .json: JSONRenderer().render(summary)
        case .markdown: MarkdownRenderer().render(summary)
        case .csv: CSVRenderer().render(summary)
        case .folded: FoldedRenderer().render(summary)
        case .svg: FlameGraphRenderer().render(summary)
        case .speedscope: SpeedscopeRenderer().render(summary)
        case .prometheus: PrometheusRenderer().render(summary)
        case .html: HTMLRenderer().render(summary)
        }
    }
}
