/// Reads the histograms that a script prints among its lines (`_stp_stat_print_histogram_buf` in systemtap 4.8's
/// runtime): a heading with a rule, a line a bucket, `~` for empty buckets that are left out.
struct HistogramReader: Sendable {
    private static let most = 200
    private static let heading = Array("value |".utf8)
    private static let headingEnd = Array("- count".utf8)

    private(set) var histograms: [Histogram] = []
    /// How many there was no room for.
    private(set) var droppedCount = 0
    private var isOpen = false
    private var isKept = false

    /// Takes a line, with the one before it as a title; false where it is no part of a histogram.
    mutating func take(_ line: ArraySlice<UInt8>, after title: ArraySlice<UInt8>?) -> Bool {
        if isOpen {
            if let bucket = Self.bucket(line) {
                if isKept { histograms[histograms.count - 1].buckets.append(bucket) }
                return true
            }
            isOpen = false
        }
        guard Self.isHeading(line) else { return false }
        isOpen = true
        isKept = histograms.count < Self.most
        if isKept {
            let text = title.map { String(decoding: $0.prefix(200), as: UTF8.self) }
            histograms.append(Histogram(title: text, buckets: []))
        } else {
            droppedCount += 1
        }
        return true
    }

    private static func isHeading(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.last == UInt8(ascii: "t"), line.has(headingEnd, at: line.endIndex - headingEnd.count)
        else { return false }
        return line.has(heading, at: line.skippingBlanks(from: line.startIndex))
    }

    /// A bucket; nil within the optional for those that are left out.
    private static func bucket(_ line: ArraySlice<UInt8>) -> Histogram.Bucket?? {
        let start = line.skippingBlanks(from: line.startIndex)
        guard start < line.endIndex else { return nil }
        if line[start] == UInt8(ascii: "~") {
            return line[start...].withoutTrailingBlanks.count == 1 ? .some(nil) : nil
        }
        var position = start
        if "<>".utf8.contains(line[position]) { position += 1 }
        if position < line.endIndex, line[position] == UInt8(ascii: "-") { position += 1 }
        let digits = line.skippingDigits(from: position)
        guard digits > position, line.has(Array(" |".utf8), at: digits) else { return nil }
        position = digits + 2
        while position < line.endIndex, line[position] == UInt8(ascii: "@") { position += 1 }
        position = line.skippingBlanks(from: position)
        guard line.skippingDigits(from: position) == line.endIndex,
            let count = Int(String(decoding: line[position...], as: UTF8.self))
        else { return nil }
        return Histogram.Bucket(bound: String(decoding: line[start..<digits], as: UTF8.self), count: count)
    }
}

extension ArraySlice<UInt8> {
    /// The first index at or behind `index` that holds no decimal digit.
    fileprivate func skippingDigits(from index: Int) -> Int {
        var index = index
        while index < endIndex, self[index].decimalDigit != nil { index += 1 }
        return index
    }
}
