/// Lays out a histogram: a bar for each bucket, in the terminal's width.
struct HistogramLayout: Sendable {
    var width: Int
    var terminal: TerminalText
    var style: TextStyle

    /// The longest bar that is of use.
    private static let longestBar = 60

    func lines(of histogram: Histogram) -> [String] {
        let title = histogram.title ?? ReportMessages.untitledHistogram
        return TerminalText.wrap(terminal.printable(title), width).map(style.title) + barLines(of: histogram)
    }

    /// Without the title.
    func barLines(of histogram: Histogram) -> [String] {
        var lines: [String] = []
        let buckets = histogram.buckets.compactMap(\.self)
        let boundWidth = buckets.reduce(0) { max($0, TerminalText.width($1.bound)) }
        let countWidth = buckets.reduce(0) { max($0, String($1.count).count) }
        let room = min(max(width - boundWidth - countWidth - 6, 0), Self.longestBar)
        for bucket in histogram.buckets {
            guard let bucket else {
                lines.append("  " + String(repeating: " ", count: boundWidth) + " ~")
                continue
            }
            let share = histogram.share(of: bucket)
            let length = bucket.count > 0 && room > 0 ? max(Int((share * Double(room)).rounded()), 1) : 0
            let bar = String(repeating: terminal.isUnicode ? "█" : "#", count: length)
            let line =
                "  \(Self.padded(bucket.bound, boundWidth))  \(Self.padded(String(bucket.count), countWidth))"
            lines.append(terminal.fit(bar.isEmpty ? line : "\(line)  \(bar)", width))
        }
        return lines
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(width - text.count, 0)) + text
    }
}

extension Histogram {
    /// How long a bucket's bar is, of the longest one.
    func share(of bucket: Bucket) -> Double {
        let most = buckets.reduce(0) { max($0, $1?.count ?? 0) }
        return most > 0 ? Double(bucket.count) / Double(most) : 0
    }
}
