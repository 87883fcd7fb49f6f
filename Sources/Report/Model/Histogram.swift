/// A histogram that the script printed (`print(@hist_log(…))`, `print(@hist_linear(…))`).
public struct Histogram: Sendable, Equatable {
    /// How often values from a bound up to the next one were seen.
    public struct Bucket: Sendable, Equatable {
        /// The bound as it was printed: a number, with `<` or `>` before it where it stands for all beyond.
        public var bound: String
        /// How often.
        public var count: Int
    }

    /// The line before it, which says what it is of.
    public var title: String?
    /// The buckets, from the least value up; nil for empty ones that were left out.
    public var buckets: [Bucket?]
}
