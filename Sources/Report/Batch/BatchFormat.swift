extension SummaryFormat {
    /// The forms that the report of several runs can have.
    public static let ofBatches: [SummaryFormat] = [.text, .json, .markdown, .html]

    /// Renders the report of a runbook; nil where this form holds one run alone.
    public func render(_ report: BatchReport, text: TextRenderer = TextRenderer()) -> String? {
        switch self {
        case .text: BatchText(renderer: text).render(report)
        case .json: JSONRenderer().render(report)
        case .markdown: BatchMarkdown().render(report)
        case .html: HTMLRenderer().render(report)
        case .csv, .folded, .svg, .speedscope, .prometheus: nil
        }
    }
}
