/// The forms that a summary can be rendered in, by the names that the command line knows.
public enum SummaryFormat: String, CaseIterable, Sendable {
    /// For a person at a terminal.
    case text
    /// For programs; `docs/summary.schema.json` is its schema.
    case json
    /// For tickets and chats.
    case markdown
    /// The tables and trees, for spreadsheets.
    case csv
    /// A line a stack, as FlameGraph's `flamegraph.pl` reads it.
    case folded
    /// A flame graph.
    case svg
    /// For https://www.speedscope.app.
    case speedscope
    /// For the textfile collector of Prometheus' node_exporter.
    case prometheus
    /// A page that needs nothing else.
    case html

    /// The form that a file's name asks for; nil where it does not.
    public init?(fileName: String) {
        let name = fileName.lowercased()
        let endings = Self.allCases.flatMap { format in format.extensions.map { (format, $0) } }
        let fitting = endings.filter { name.hasSuffix(".\($0.1)") }
        // The longest: a '.speedscope.json' is one of JSON too.
        guard let format = fitting.max(by: { $0.1.count < $1.1.count })?.0 else { return nil }
        self = format
    }

    /// How the names of such files end; those of `speedscope` end in that of JSON as well.
    var extensions: [String] {
        switch self {
        case .text: ["txt", "text"]
        case .json: ["json"]
        case .markdown: ["md", "markdown"]
        case .csv: ["csv"]
        case .folded: ["folded", "collapsed"]
        case .svg: ["svg"]
        case .speedscope: ["speedscope.json", "speedscope"]
        case .prometheus: ["prom"]
        case .html: ["html", "htm"]
        }
    }

    /// Whether it shows stacks alone.
    var isOfStacks: Bool { self == .folded || self == .svg || self == .speedscope }

    /// Whether it has a place for the grade and what was lost.
    var tellsGrade: Bool { self != .csv && self != .folded }

    /// Whether others than the owner must be able to read a file of it, as node_exporter must.
    public var isForOthers: Bool { self == .prometheus }

    /// Renders a summary in this form; how text is laid out is the renderer's to say.
    public func render(_ summary: Summary, text: TextRenderer = TextRenderer()) -> String {
        switch self {
        case .text: text.render(summary)
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

    /// What this form of a summary cannot say, in words for the user; nil where it says everything.
    public func unsaid(of summary: Summary) -> String? { ReportMessages.unsaid(summary, in: self) }
}
