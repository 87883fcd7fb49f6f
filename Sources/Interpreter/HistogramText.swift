import Lowering
public import StapLanguage

extension Histogram {
    /// How long the longest bar is.
    private static let barWidth = 50
    /// How many empty buckets on each side of an empty one hide it.
    private static let elision = 2

    /// The table that `print(@hist_log(…))` prints: a bar for each bucket, `~` for empty ones in between.
    ///
    /// The counts say how often a value fell into each bucket.
    public func table(of counts: [Int64]) -> [UInt8] {
        var (low, high) = shownBuckets(counts)
        var marksBelow = false
        var marksAbove = false
        if case .linear = self {
            // The buckets beyond are not shown where nothing fell there.
            if low == 0, counts[0] == 0 { low += 1 }
            if high == bucketCount - 1, counts[high] == 0 { high -= 1 }
            marksBelow = low == 0
            marksAbove = high == bucketCount - 1
        }
        let most = max(counts.max() ?? 0, 0)
        let scale = max(1, (most + Int64(Self.barWidth) - 1) / Int64(Self.barWidth))
        let valueWidth = max(
            5, valueSpace(low, high, marksBelow: marksBelow, marksAbove: marksAbove))
        var text =
            Self.rightAligned("value", valueWidth) + " |" + String(repeating: "-", count: Self.barWidth)
        text += " count\n"
        var hides = false
        guard low <= high else { return Array((text + "\n").utf8) }
        for bucket in low...high {
            let near = max(low, bucket - Self.elision)...min(high, bucket + Self.elision)
            if near.allSatisfy({ counts[$0] == 0 }) {
                hides = true
                continue
            }
            if hides { text += String(repeating: " ", count: valueWidth) + " ~\n" }
            hides = false
            let bar = Int(counts[bucket] / scale)
            text += Self.rightAligned(mark(of: bucket) + String(value(of: bucket)), valueWidth) + " |"
            text += String(repeating: "@", count: bar)
            text += Self.rightAligned(
                String(counts[bucket]), Self.barWidth - bar + 1 + String(most).utf8.count)
            text += "\n"
        }
        return Array((text + "\n").utf8)
    }

    /// The buckets with values, and two more on either side.
    private func shownBuckets(_ counts: [Int64]) -> (low: Int, high: Int) {
        var low = counts.firstIndex { $0 > 0 } ?? -1
        var high = counts.lastIndex { $0 > 0 } ?? 0
        for _ in 0..<2 {
            // Negative values are not shown where there are none.
            if low > 0, self != .logarithmic || low != Self.logarithmicZero { low -= 1 }
            if high < bucketCount - 1 { high += 1 }
        }
        return (low, high)
    }

    /// `<` and `>` before the bounds of what is beyond a linear histogram.
    private func mark(of bucket: Int) -> String {
        guard case .linear = self else { return "" }
        return bucket == 0 ? "<" : bucket == bucketCount - 1 ? ">" : ""
    }

    private func valueSpace(_ low: Int, _ high: Int, marksBelow: Bool, marksAbove: Bool) -> Int {
        func space(_ value: Int64) -> Int { String(value).utf8.count }
        switch self {
        case .logarithmic: return max(space(value(of: high)), space(value(of: low)))
        case .linear(let start, _, let interval):
            return max(
                space(start) + (marksBelow ? 1 : 0),
                space(start &+ interval &* Int64(high)) + (marksAbove ? 1 : 0))
        }
    }

    private static func rightAligned(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.utf8.count)) + text
    }
}
