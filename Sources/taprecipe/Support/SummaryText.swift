import Report

/// A summary in the form that was asked for.
struct SummaryText {
    private let summary: Summary
    private let format: OutputFormat

    init(_ summary: Summary, format: OutputFormat) {
        self.summary = summary
        self.format = format
    }

    /// The text; a file has no terminal's width or colours, so it gets a wider page.
    func render(for console: Console, isFile: Bool) -> String {
        switch format {
        case .json: JSONRenderer().render(summary)
        case .text:
            TextRenderer(
                width: isFile ? max(console.width, 120) : console.width,
                isColored: console.colorsOutput && !isFile, isUnicode: console.isUTF8
            ).render(summary)
        }
    }
}
