extension SummaryFormat {
    /// The forms that the report of several runs can have.
    public static let ofBatches = allCases.filter { $0 != .speedscope }

    /// Renders the report of a runbook; nil where this form holds one run alone.
    public func render(_ report: BatchReport, text: TextRenderer = TextRenderer()) -> String? {
        switch self {
        case .text: BatchText(renderer: text).render(report)
        case .json: JSONRenderer().render(report)
        case .markdown: BatchMarkdown().render(report)
        case .html: HTMLRenderer().render(report)
        case .csv: CSVRenderer().render(report)
        case .folded: FoldedRenderer().render(report)
        case .svg: FlameGraphRenderer().render(report)
        case .prometheus: PrometheusRenderer().render(report)
        case .speedscope: nil
        }
    }

    /// What this form of a report cannot say, step by step, in words for the user.
    public func unsaid(of report: BatchReport) -> [String] {
        report.summaries.compactMap { step, summary in unsaid(of: summary).map { "\(step): \($0)" } }
    }
}
