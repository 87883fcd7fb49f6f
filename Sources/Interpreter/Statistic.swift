import Lowering
public import StapLanguage

/// What is kept of the values that `<<<` adds.
///
/// The arithmetic is that of stap's runtime (stat-common.c), its overflows with it.
public struct Statistic: Sendable, Equatable {
    /// How many values there were.
    public var count: Int64 = 0
    /// Their sum, which wraps.
    public var sum: Int64 = 0
    /// The least of them.
    public var minimum: Int64 = 0
    /// The greatest of them.
    public var maximum: Int64 = 0
    /// The running mean, times two to the ``shift``.
    public var scaledMean: Int64 = 0
    /// The sum of squared distances from the mean, times four to the ``shift``: Welford's M2.
    public var scaledSquares: Int64 = 0
    /// The variance, times four to the ``shift``.
    public var scaledVariance: Int64 = 0
    /// The bits by which `@variance(…, bits)` shifts values, for precision.
    public var shift: Int64
    /// How often a value fell into each bucket; by histogram, in the order of ``GlobalVariable/histograms``.
    public var buckets: [[Int64]]

    /// A statistic of no values.
    public init(shift: Int64 = 0, histograms: [Histogram] = []) {
        self.shift = shift
        buckets = histograms.map { Array(repeating: 0, count: $0.bucketCount) }
    }

    /// Adds a value.
    public mutating func add(_ value: Int64, histograms: [Histogram]) {
        let scaled = value << (shift & 63)
        if count == 0 {
            count = 1
            sum = value
            minimum = value
            maximum = value
            scaledMean = scaled
            scaledSquares = 0
        } else {
            count += 1
            sum &+= value
            minimum = min(minimum, value)
            maximum = max(maximum, value)
            // stap keeps this difference in 32 bits.
            let delta = Int64(Int32(truncatingIfNeeded: scaled &- scaledMean))
            scaledMean &+= delta.dividedAsStap(by: count)
            scaledSquares &+= delta &* (scaled &- scaledMean)
            scaledVariance = scaledSquares.dividedAsStap(by: count - 1)
        }
        for (index, histogram) in histograms.enumerated() { buckets[index][histogram.bucket(of: value)] += 1 }
    }

    /// One statistic of the parts that several processors have kept, by the formula of the total variance.
    public static func merged(_ parts: [Statistic]) -> Statistic? {
        let parts = parts.filter { $0.count > 0 }
        guard var total = parts.first else { return nil }
        for part in parts.dropFirst() {
            total.count &+= part.count
            total.sum &+= part.sum
            total.minimum = min(total.minimum, part.minimum)
            total.maximum = max(total.maximum, part.maximum)
            for (index, counts) in part.buckets.enumerated() {
                for (bucket, count) in counts.enumerated() { total.buckets[index][bucket] &+= count }
            }
        }
        total.scaledMean = (total.sum << (total.shift & 63)).dividedAsStap(by: total.count)
        var squares: Int64 = 0
        for part in parts {
            let distance = part.scaledMean &- total.scaledMean
            squares &+= part.count &* distance &* distance
            squares &+= (part.count &- 1) &* part.scaledVariance
        }
        total.scaledVariance = squares.dividedAsStap(by: total.count &- 1)
        return total
    }

    /// What an extractor gives; of no values, only `@count` and `@sum` are known: 0.
    public func value(of operation: StatisticOperator) throws(RuntimeError) -> Int64 {
        switch operation {
        case .count: return count
        case .sum: return sum
        case .min, .max, .average, .variance:
            guard count > 0 else { throw .emptyAggregate }
        }
        return switch operation {
        case .min: minimum
        case .max: maximum
        case .average: sum.dividedAsStap(by: count)
        default: scaledVariance >> (2 * shift)
        }
    }
}

extension Int64 {
    /// stap's division: towards 0, and 0 where it can't be done.
    func dividedAsStap(by divisor: Int64) -> Int64 {
        switch divisor {
        case 0: 0
        case -1: 0 &- self
        default: self / divisor
        }
    }
}
