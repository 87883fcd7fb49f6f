public import Diagnostics
public import RecipeModel
import StapMessages

/// Turns a run's output into a summary, line by line, in memory that does not grow with the output.
///
/// Memory is bounded by the number of distinct groups, stacks and tree nodes, each with a bound of its own
/// beyond which what was not kept is counted.
public struct SummaryBuilder: Sendable {
    /// The most of each that is kept.
    public struct Bounds: Sendable {
        /// Rows of each grouped table.
        public var rows: Int
        /// Distinct stacks.
        public var stacks: Int
        /// Nodes of each tree.
        public var treeNodes: Int

        /// Creates bounds.
        public init(rows: Int = 100_000, stacks: Int = 50_000, treeNodes: Int = 20_000) {
            self.rows = rows
            self.stacks = stacks
            self.treeNodes = treeNodes
        }
    }

    /// stap's own length of a string, in bytes with the final NUL, where `MAXSTRINGLEN` is not set
    /// (`runtime_defines.h`).
    public static let defaultStringLength = 512
    private static let maximumExamples = 5
    private static let maximumExampleLength = 200
    private static let maximumLineLength = 64 * 1024

    private let schema: RecordSchema
    private let emptyMeaning: String?
    private let definitions: (tables: [TableDefinition], trees: [TreeDefinition])
    private let bounds: Bounds
    private var maximumStringLength: Int

    private var assembler: RecordAssembler
    private var tables: [TableBuilder] = []
    private var trees: [TreeBuilder] = []
    private var profiles: [ProfileBuilder] = []
    private var histograms = HistogramReader()
    private var counts: [Int]
    /// What the records of each definition stand for, added up.
    private var totals: [Int]
    private var messages = MessageTally()
    private var truncatedCount = 0
    private var cutLineCount = 0
    private var unmatchedCount = 0
    private var unmatchedExamples: [String] = []
    /// The line before, where it may be a histogram's title: that of a record or of nothing.
    private var title: (line: ArraySlice<UInt8>, isUnmatched: Bool)?
    /// Whether what comes is kept for `takeLines`.
    private let isFollowed: Bool
    private var followed: [FollowLine] = []

    /// Creates a builder for a recipe, whose limits say how long its strings may be.
    ///
    /// Throws where a record's pattern or a tree's label is malformed, which the recipe's loader has checked.
    public init(_ recipe: Recipe, isFollowed: Bool = false) throws(DiagnosticsError) {
        try self.init(
            records: recipe.records, tables: recipe.tables, trees: recipe.trees,
            emptyMeaning: recipe.emptyMeaning,
            maximumStringLength: recipe.limits.macros[.MAXSTRINGLEN].map { Int(clamping: $0) },
            isFollowed: isFollowed)
    }

    /// Creates a builder; where neither tables nor trees are asked for, every record gets a table of its own.
    public init(
        records: [RecordDefinition], tables: [TableDefinition] = [], trees: [TreeDefinition] = [],
        emptyMeaning: String? = nil, maximumStringLength: Int? = nil, bounds: Bounds = Bounds(),
        isFollowed: Bool = false
    ) throws(DiagnosticsError) {
        self.isFollowed = isFollowed
        schema = try RecordSchema(records)
        let isUnstated = tables.isEmpty && trees.isEmpty
        definitions = (isUnstated ? DefaultTables.tables(for: records, in: schema) : tables, trees)
        self.bounds = bounds
        self.emptyMeaning = emptyMeaning
        self.maximumStringLength = max(maximumStringLength ?? Self.defaultStringLength, 2)
        counts = records.map { _ in 0 }
        totals = counts
        assembler = RecordAssembler(schema, maximumStacks: bounds.stacks, maximumStringLength: 2)
        try reset()
    }

    private mutating func reset() throws(DiagnosticsError) {
        assembler = RecordAssembler(
            schema, maximumStacks: bounds.stacks, maximumStringLength: maximumStringLength)
        tables = definitions.tables.map { TableBuilder($0, in: schema, maximumRows: bounds.rows) }
        trees = []
        for definition in definitions.trees {
            trees.append(try TreeBuilder(definition, in: schema, maximumNodes: bounds.treeNodes))
        }
        profiles = ProfileBuilder.all(of: definitions.tables, in: schema)
        histograms = HistogramReader()
        title = nil
        counts = counts.map { _ in 0 }
        totals = counts
        messages = MessageTally()
        truncatedCount = 0
        cutLineCount = 0
        unmatchedCount = 0
        unmatchedExamples = []
        followed = []
    }

    /// Forgets everything that was fed, for a run that starts again with raised limits.
    public mutating func clear(maximumStringLength: Int? = nil) {
        if let maximumStringLength { self.maximumStringLength = max(maximumStringLength, 2) }
        // The labels that could be malformed were parsed when the builder was created.
        do { try reset() } catch {}
    }

    /// Takes a line that the script printed, without its line end.
    public mutating func feed(line: ArraySlice<UInt8>) {
        // Most lines are of stacks and came before: they can be nothing else.
        if !assembler.addKnown(line) { feed(newLine: line) }
    }

    private mutating func feed(newLine line: ArraySlice<UInt8>) {
        // A carriage return before the line end is part of that.
        var line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        if line.count > Self.maximumLineLength {
            line = line.prefix(Self.maximumLineLength)
            cutLineCount += 1
        }
        if histograms.take(line, after: title?.line) { return claimTitle() }
        let outcome = assembler.add(line)
        takeFinished()
        switch outcome {
        case .record(let definition):
            counts[definition] += 1
            title = (line, false)
        case .stackLine, .blank: title = nil
        case .unmatched:
            unmatchedCount += 1
            title = (line, true)
            if unmatchedExamples.count < Self.maximumExamples {
                unmatchedExamples.append(
                    String(decoding: line.prefix(Self.maximumExampleLength), as: UTF8.self))
            }
        }
    }

    /// The line before a histogram is its title, and so not one that is part of nothing.
    private mutating func claimTitle() {
        if title?.isUnmatched == true {
            if unmatchedCount == unmatchedExamples.count { unmatchedExamples.removeLast() }
            unmatchedCount -= 1
        }
        title = nil
    }

    /// Takes a line that stap wrote to its standard error: what it says is lost is added to the losses.
    public mutating func feed(message line: ArraySlice<UInt8>) {
        let message = messages.add(line)
        if isFollowed {
            followed.append(.message(severity: message.severity.rawValue, text: message.text, place: nil))
        }
    }

    /// Takes a line of a saved output, in which the script's lines and stap's own may be mixed.
    public mutating func feed(savedLine line: ArraySlice<UInt8>) {
        if assembler.addKnown(line) { return }
        if StapMessage.isMessage(line), !isClaimed(line) {
            feed(message: line)
        } else {
            feed(newLine: line)
        }
    }

    /// Whether a record of the script's own begins as stap's messages do, and the line is one.
    private func isClaimed(_ line: ArraySlice<UInt8>) -> Bool {
        schema.matchers.contains { $0.firstLiteral.count >= 4 && $0.match(line) != nil }
    }

    /// Notes lines that somebody else, such as a `LineSplitter`, cut at its greatest length.
    public mutating func note(cutLines count: Int) { cutLineCount += count }

    /// The summary of what was fed; what follows in the output must be fed to a cleared builder.
    public mutating func finish(_ facts: RunFacts) -> Summary {
        assembler.finish()
        takeFinished()
        var facts = facts
        if facts.end == .unknown {
            if let failure = messages.failure {
                facts.end = .notStarted(failure)
            } else if let limit = messages.limit {
                facts.end = .limit(limit)
            }
        }
        let all = facts.losses + messages.losses + ownLosses
        // What explains why there is none says nothing where there is one.
        let isEmpty = counts.allSatisfy { $0 == 0 }
        let losses = [Loss].merged(all.filter { isEmpty || $0.kind.effect != .explainsNone })
        let counts = self.counts.indices.map { place in
            Summary.RecordCount(
                name: schema.names[place], count: self.counts[place],
                isFollower: schema.isFollowerOnly[place],
                pattern: schema.patterns[place],
                total: schema.counts[place].map { .init(field: $0.field, sum: totals[place]) })
        }
        var numbers: [Int: Int] = [:]
        var shown: [Stack] = []
        let tables = tables.map { table in
            table.table { id in
                if let number = numbers[id] { return number }
                numbers[id] = shown.count
                shown.append(assembler.stacks.stack(id))
                return shown.count - 1
            }
        }
        return Summary(
            facts: facts,
            verdict: Verdict.of(
                end: facts.end, recordCount: counts.reduce(0) { $0 + $1.count }, losses: losses,
                doubts: facts.doubts),
            emptyMeaning: emptyMeaning, losses: losses, recordCounts: counts, tables: tables,
            trees: trees.map { $0.tree() },
            histograms: histograms.histograms, stacks: shown, distinctStackCount: assembler.stacks.count,
            profiles: profiles.compactMap { $0.profile(assembler.stacks) }, frames: assembler.stacks.frames,
            unmatchedExamples: unmatchedExamples, messages: messages.kept)
    }

    private var ownLosses: [Loss] {
        [
            Loss(.truncatedStrings, count: truncatedCount + assembler.stacks.truncatedCount),
            Loss(.cutLines, count: cutLineCount),
            Loss(.unfinishedStacks, count: assembler.stacks.unfinishedCount),
            Loss(.stacksNotKept, count: assembler.stacks.droppedCount),
            Loss(.unmatchedLines, count: unmatchedCount),
        ]
            + tables.map { Loss(.recordsNotKept($0.title), count: $0.droppedCount) }
            + trees.map { Loss(.recordsNotKept($0.title), count: $0.droppedCount) }
            + [Loss(.recordsNotKept("histograms"), count: histograms.droppedCount)]
    }

    /// What a builder that is followed took since this was last asked: records that ended, and a saved output's messages.
    ///
    /// With `includesOpen` those are among it, too, that something may still follow; each comes once.
    public mutating func takeLines(includesOpen: Bool = false) -> [FollowLine] {
        defer { followed = [] }
        return followed + (includesOpen ? assembler.tellOpen().map { .record($0) } : [])
    }

    private mutating func takeFinished() {
        guard !assembler.finished.isEmpty else { return }
        for finished in assembler.finished {
            if isFollowed, !finished.record.isTold { followed.append(.record(assembler.followed(finished))) }
            let definition = finished.record.definition
            if let place = schema.counts[definition]?.place,
                let number = finished.record.values[place].number
            {
                totals[definition] = Summary.RecordCount.Total.sum(totals[definition], Int(clamping: number))
            }
            for value in finished.record.values {
                // The longest string there can be: nobody knows whether more was to come.
                if case .text(let text) = value, text.bytes.count == maximumStringLength - 1 {
                    truncatedCount += 1
                }
            }
            for index in tables.indices { tables[index].add(finished.record, parents: finished.parents) }
            for index in trees.indices { trees[index].add(finished.record, parents: finished.parents) }
            for index in profiles.indices {
                profiles[index].add(finished.record, parents: finished.parents)
            }
        }
        assembler.finished.removeAll(keepingCapacity: true)
    }
}
