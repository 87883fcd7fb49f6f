/// Renders a summary for a person at a terminal: the answer in one line, what it rests on, then the tables.
public struct TextRenderer: Sendable {
    /// How many columns a line may take; at least 20.
    public var width: Int
    /// Whether to colour with ANSI escapes.
    public var isColored: Bool
    /// Whether characters outside ASCII may be shown.
    public var isUnicode: Bool
    /// The most lines of a tree; the rest is counted.
    public var maximumTreeLines: Int
    /// The most frames of a stack that are shown; the rest is counted.
    public var maximumFrames: Int

    /// Creates a renderer.
    public init(
        width: Int = 80, isColored: Bool = false, isUnicode: Bool = true, maximumTreeLines: Int = 200,
        maximumFrames: Int = 64
    ) {
        self.width = max(width, 20)
        self.isColored = isColored
        self.isUnicode = isUnicode
        self.maximumTreeLines = maximumTreeLines
        self.maximumFrames = maximumFrames
    }

    /// The text, each line ending in a line end.
    public func render(_ summary: Summary) -> String {
        let terminal = TerminalText(isUnicode: isUnicode)
        let style = TextStyle(isColored: isColored)
        var lines = TerminalText.wrap(terminal.printable(Self.headline(of: summary)), width)
            .map { style.headline($0, summary.verdict.grade) }
        lines.append("")
        lines += FactsLayout(width: width, terminal: terminal, style: style).lines(of: summary)
        let conclusions = ReportMessages.conclusions(summary)
        if !conclusions.isEmpty { lines.append("") }
        for sentence in conclusions { lines += TerminalText.wrap(terminal.printable(sentence), width) }
        let tables = layout(stacks: summary.stacks)
        for table in summary.tables where !table.rows.isEmpty { lines += [""] + tables.lines(of: table) }
        let trees = TreeLayout(
            width: width, terminal: terminal, style: style, maximumLines: maximumTreeLines)
        for tree in summary.trees where !tree.nodes.isEmpty { lines += [""] + trees.lines(of: tree) }
        let histograms = HistogramLayout(width: width, terminal: terminal, style: style)
        for histogram in summary.histograms { lines += [""] + histograms.lines(of: histogram) }
        for (title, texts) in ReportMessages.excerpts(of: summary) {
            lines += excerpts(title, texts, terminal, style)
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// The answer in one line, such as `nginx-5xx: 37 requests, 2 distinct stacks; complete`.
    ///
    /// It begins with `subject`, by default the recipe's name.
    public static func headline(of summary: Summary, as subject: String? = nil) -> String {
        "\(findings(of: summary, as: subject)); \(summary.verdict.grade.rawValue)"
    }

    /// The same without the grade.
    static func findings(of summary: Summary, as subject: String? = nil) -> String {
        var parts = summary.recordCounts.filter { $0.count > 0 && !$0.isFollower }
            .map(ReportMessages.records)
        if parts.isEmpty { parts = ["nothing was recorded"] }
        if summary.distinctStackCount > 0 {
            parts.append(ReportMessages.records(summary.distinctStackCount, "distinct stack"))
        }
        let hosts = summary.facts.hosts.count
        return (subject ?? summary.facts.recipe) + (hosts > 1 ? " on \(hosts) hosts" : "") + ": "
            + parts.joined(separator: ", ")
    }

    private func excerpts(
        _ title: String, _ texts: [String], _ terminal: TerminalText, _ style: TextStyle
    ) -> [String] {
        ["", style.title(terminal.fit(title, width))]
            + texts.map { "  " + terminal.fit(terminal.printable($0), width - 2) }
    }
}
