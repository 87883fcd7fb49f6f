public import Lowering
public import StapLanguage

/// Where a program's global variables lie in maps, in bytes.
public struct StoreLayout: Sendable {
    /// A map of one global variable: an array, or a statistic, whose key is one 0 of 4 bytes.
    public struct Table: Sendable {
        /// The types of the keys; empty for a statistic without keys.
        public var keys: [ValueType]
        /// What is held.
        public var element: GlobalVariable.Element
        /// Bytes of a key.
        public var keySize: Int
        /// Bytes of a value.
        public var valueSize: Int
        /// Where the texts of keys begin in a value; each takes ``StoreLayout/textSize``.
        public var keyTexts: Int
        /// Where the mean, the squares and the variance are in a value, and the bits that they are shifted by; nil where
        /// nobody asks for the variance.
        public var variance: (offset: Int, shift: Int64)?
        /// Where each histogram's buckets begin in a value.
        public var histograms: [(shape: Histogram, offset: Int, buckets: Int)]
        /// The most entries.
        public var capacity: Int
        /// Whether it is full only when the oldest gave way.
        public var wraps: Bool
    }

    /// Where each scalar lies in the map of scalars, by index.
    public private(set) var scalars: [Int: Int] = [:]
    /// Bytes of all scalars together, 8 at least.
    public private(set) var scalarsSize = 8
    /// The tables, by index.
    public private(set) var tables: [Int: Table] = [:]
    /// Bytes of a text: its length in 8, its bytes, room for 8 zeros.
    public let textSize: Int

    /// Where the payload begins in a table's value: behind 8 bytes that tell when it came.
    public static let payload = 8
    /// Bytes of a text in a key: its length, and a digest of 16 bytes.
    public static let textKeySize = 24
    /// Count, sum, least and greatest, 8 bytes each, before the histograms.
    public static let statisticSize = 32
    /// Mean, squares and variance, 8 bytes each, behind those.
    static let varianceSize = 24

    /// Lays out a program's variables.
    public init(_ program: Program, maximumStringLength: Int, maximumEntries: Int) {
        textSize = 8 + (maximumStringLength - 1 + 7) / 8 * 8 + 8
        var end = 0
        for (index, global) in program.globals.enumerated() {
            switch global.shape {
            case .scalar(let type):
                scalars[index] = end
                end += type == .text ? textSize : 8
            case .statistic:
                tables[index] = table(global, keys: [], .statistic, capacity: 1)
            case .array(let keys, let element):
                tables[index] = table(
                    global, keys: keys, element, capacity: max(global.capacity ?? maximumEntries, 1))
            }
        }
        scalarsSize = max(end, 8)
    }

    private func table(
        _ global: GlobalVariable, keys: [ValueType], _ element: GlobalVariable.Element, capacity: Int
    ) -> Table {
        var histograms: [(shape: Histogram, offset: Int, buckets: Int)] = []
        var variance: (offset: Int, shift: Int64)?
        var end = Self.payload
        switch element {
        case .value(.integer): end += 8
        case .value(.text): end += textSize
        case .statistic:
            end += Self.statisticSize
            if global.hasVariance {
                variance = (end, global.varianceShift & 63)
                end += Self.varianceSize
            }
            for shape in global.histograms {
                let buckets = shape.bucketCount
                histograms.append((shape, end, buckets))
                end += buckets * 8
            }
        }
        let keyTexts = end
        end += keys.filter { $0 == .text }.count * textSize
        let keySize = keys.reduce(0) { $0 + ($1 == .text ? Self.textKeySize : 8) }
        return Table(
            keys: keys, element: element, keySize: max(keySize, 4), valueSize: end, keyTexts: keyTexts,
            variance: variance, histograms: histograms, capacity: capacity, wraps: global.wraps)
    }
}
