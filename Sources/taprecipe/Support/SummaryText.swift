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
        format.render(
            summary,
            text: TextRenderer(for: console, isFile: isFile))
    }
}

extension TextRenderer {
    /// The renderer for standard output, or for a file.
    init(for console: Console, isFile: Bool = false) {
        self.init(
            width: isFile ? max(console.width, 120) : console.width,
            isColored: console.colorsOutput && !isFile, isUnicode: console.isUTF8)
    }
}
