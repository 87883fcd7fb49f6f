/// The JSON form of a summary as it is read back; `docs/summary.schema.json` is its schema.
///
/// What a later version 1 may have added is passed over; what an earlier one lacks is made up for.
struct SummaryDocument: Decodable {
    static let format = "taprecipe.summary"

    struct Records: Decodable {
        var name: String
        var count: DocumentCount
        var follower: Bool
        var pattern: String?
        var total: Total?

        struct Total: Decodable {
            var field: String
            var sum: DocumentCount
        }

        var recordCount: Summary.RecordCount {
            Summary.RecordCount(
                name: name, count: count.value, isFollower: follower, pattern: pattern ?? name,
                total: total.map { .init(field: $0.field, sum: $0.sum.value) })
        }
    }

    struct LossItem: Decodable {
        var kind: String
        var count: DocumentCount
        var subject: String?
        var bytes: UInt64?
    }

    struct Frame: Decodable {
        var symbol: String?
        var offset: DocumentHex?
        var module: String?
        var address: DocumentHex?
        var source: String?
        var inexact: Bool

        var frame: StackFrame {
            StackFrame(
                symbol: symbol, offset: offset?.value, module: module, address: address?.value,
                source: source, isInexact: inexact)
        }
    }

    struct StackItem: Decodable {
        var complete: Bool
        var frames: [Frame]

        var stack: Stack {
            var stack = Stack(frames: frames.map(\.frame))
            stack.isComplete = complete
            return stack
        }
    }

    struct TreeItem: Decodable {
        struct Node: Decodable {
            var label: String
            var depth: DocumentCount
            var count: DocumentCount
        }

        var title: String
        var record: String
        var nodes: [Node]
    }

    struct HistogramItem: Decodable {
        struct Bucket: Decodable {
            var from: String
            var count: DocumentCount
        }

        var title: String?
        var buckets: [Bucket?]
    }

    var emptyMeaning: String?
    var run: RunItem
    var losses: [LossItem]
    var records: [Records]
    var distinctStacks: DocumentCount
    var stacks: [StackItem]
    var tables: [TableItem]
    var trees: [TreeItem]
    var histograms: [HistogramItem]
    var unmatchedLines: [String]
    var messages: [String]

    /// The summary, without the profiles, which its JSON form leaves out.
    func summary() throws(DocumentProblem) -> Summary {
        guard records.count <= 10_000 else { throw .outOfRange("records") }
        let facts = try run.facts()
        let losses = self.losses.compactMap { item in
            item.lossKind.map { Loss($0, count: item.count.value) }
        }
        let counts = records.map(\.recordCount)
        var tables: [Table] = []
        for item in self.tables { tables.append(try item.table(stackCount: stacks.count)) }
        var trees: [Tree] = []
        for item in self.trees { trees.append(try item.tree()) }
        return Summary(
            facts: facts,
            verdict: Verdict.of(
                end: facts.end, recordCount: counts.reduce(0) { $0 + $1.count }, losses: losses,
                doubts: facts.doubts),
            emptyMeaning: emptyMeaning, losses: losses, recordCounts: counts, tables: tables, trees: trees,
            histograms: histograms.map(\.histogram), stacks: stacks.map(\.stack),
            distinctStackCount: distinctStacks.value, profiles: [], frames: [],
            unmatchedExamples: unmatchedLines, messages: messages)
    }
}

extension SummaryDocument.LossItem {
    /// nil where a later version knows of a kind that this one does not.
    fileprivate var lossKind: LossKind? {
        LossKind(name: kind, subject: subject ?? "", bytes: bytes ?? 0)
    }
}

extension SummaryDocument.TreeItem {
    /// Renderers go down by the nodes' depths, so each must follow from the one before.
    fileprivate func tree() throws(DocumentProblem) -> Tree {
        var before = -1
        for node in nodes {
            guard node.depth.value <= before + 1 else { throw .outOfRange("depth") }
            before = node.depth.value
        }
        return Tree(
            title: title, record: record,
            nodes: nodes.map { .init(label: $0.label, depth: $0.depth.value, count: $0.count.value) })
    }
}

extension SummaryDocument.HistogramItem {
    fileprivate var histogram: Histogram {
        Histogram(
            title: title,
            buckets: buckets.map { bucket in bucket.map { .init(bound: $0.from, count: $0.count.value) } })
    }
}

extension Summary {
    /// Reads a summary's JSON form, also that of an older taprecipe.
    ///
    /// The profiles, which flame graphs draw, are not in it.
    public init(json bytes: [UInt8]) throws(DocumentProblem) {
        let document = try DocumentReader.decode(
            SummaryDocument.self, format: SummaryDocument.format, from: bytes)
        self = try document.summary()
    }
}
