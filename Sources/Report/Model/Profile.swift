/// How records spread over the stacks that followed them: what a flame graph draws.
///
/// Unlike a table it has no greatest number of rows: every stack that was kept is in it.
public struct Profile: Sendable, Equatable {
    /// A distinct stack and what it stands for.
    public struct Sample: Sendable, Equatable {
        /// Its frames, the innermost first, as places in the summary's `frames`.
        public var frames: [Int32]
        /// Whether it was unwound to its end.
        public var isComplete: Bool
        /// How much; at least 1.
        public var weight: Int128
    }

    /// What is added up.
    public enum Weight: Sendable, Hashable {
        /// The records.
        case count
        /// A field of them.
        case sum(String)
    }

    /// The heading.
    public var title: String
    /// The name of the records.
    public var record: String
    /// What is added up.
    public var weight: Weight
    /// The stacks, in the order in which they were first seen.
    public var samples: [Sample]
    /// The weight of records that no stack was kept of.
    public var weightWithoutStack: Int128

    /// The weight of everything.
    public var total: Int128 { samples.reduce(weightWithoutStack) { $0 + $1.weight } }
}
