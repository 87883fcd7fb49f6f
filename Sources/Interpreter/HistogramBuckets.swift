import Lowering
public import StapLanguage

/// The buckets of histograms, as stap's runtime numbers them.
extension Histogram {
    /// The bucket of 0 in `@hist_log`.
    public static let logarithmicZero = 64

    /// The bucket that counts a value.
    public func bucket(of value: Int64) -> Int {
        switch self {
        case .logarithmic:
            if value == 0 { return Self.logarithmicZero }
            let bits = 64 - value.magnitude.leadingZeroBitCount
            return value < 0 ? Self.logarithmicZero - bits : Self.logarithmicZero + bits
        case .linear(let start, _, let interval):
            let distance = value &- start
            if distance < 0 { return 0 }
            let number = UInt64(bitPattern: distance) / UInt64(bitPattern: Swift.max(interval, 1))
            return number >= UInt64(bucketCount - 2) ? bucketCount - 1 : Int(number) + 1
        }
    }

    /// The value at which a bucket begins; of those below and above, the value that bounds them.
    public func value(of bucket: Int) -> Int64 {
        switch self {
        case .logarithmic:
            let distance = bucket - Self.logarithmicZero
            return distance == 0 ? 0 : distance > 0 ? 1 << (distance - 1) : Int64.min >> bucket
        case .linear(let start, _, let interval):
            if bucket == 0 { return start }
            let step = Int64(bucket == bucketCount - 1 ? bucket - 2 : bucket - 1)
            return start &+ step &* interval
        }
    }
}

extension Comparable {
    /// The nearest value within bounds.
    func clamped(to bounds: ClosedRange<Self>) -> Self {
        min(max(self, bounds.lowerBound), bounds.upperBound)
    }
}
