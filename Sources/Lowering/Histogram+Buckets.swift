public import StapLanguage

extension Histogram {
    /// The buckets of `@hist_log`: 64 powers of two below 0, 0, and 63 above.
    public static let logarithmicBuckets = 128
    /// The most buckets of `@hist_linear`, those below and above with them.
    public static let mostBuckets = 128

    /// How many buckets there are.
    ///
    /// A linear one has a bucket for what is below its start and one for what is above.
    public var bucketCount: Int {
        switch self {
        case .logarithmic: Self.logarithmicBuckets
        case .linear(let start, let stop, let interval):
            // stap refuses fewer and more when its module begins.
            Int(clamping: min(max((stop &- start) / max(interval, 1), 0), Int64(Self.mostBuckets - 3))) + 3
        }
    }
}
