/// What a run found out, ready to be rendered.
public struct Summary: Sendable, Equatable {
    /// What ran.
    public var facts: RunFacts
    /// How far the summary can be trusted, and why.
    public var verdict: Verdict
    /// What it means that there is no record and nothing was lost, in the recipe's words, where it has some.
    public var emptyMeaning: String?
    /// Everything that was lost, from the run's facts and from its output, one of a kind.
    public var losses: [Loss]
    /// How many records of each definition were found, in the recipe's order.
    public var recordCounts: [RecordCount]
    /// The tables, in the recipe's order.
    public var tables: [Table]
    /// The trees, in the recipe's order.
    public var trees: [Tree]
    /// The histograms that the script printed, in its order.
    public var histograms: [Histogram]
    /// The distinct stacks that the tables refer to, by their number.
    public var stacks: [Stack]
    /// How many distinct stacks were seen in all.
    public var distinctStackCount: Int
    /// The stacks that records came from, all of them, with what they stand for.
    public var profiles: [Profile]
    /// The frames that the profiles refer to.
    public var frames: [StackFrame]
    /// The first lines that were no part of a record.
    public var unmatchedExamples: [String]
    /// The first of stap's own messages.
    public var messages: [String]

    /// How many records of a definition were found.
    public struct RecordCount: Sendable, Equatable {
        /// The definition's name.
        public var name: String
        /// How many.
        public var count: Int
        /// Whether such records only count where they follow another one.
        public var isFollower: Bool
        /// The pattern of its line, as the recipe states it.
        public var pattern: String
        /// What the records stand for, where each may stand for many.
        public var total: Total?

        /// A field of numbers, added up over all records of a definition.
        public struct Total: Sendable, Equatable {
            /// The field's name, a plural such as `requests`.
            public var field: String
            /// The sum, 0 or more, at most ``most``.
            public var sum: Int

            /// More is not told, nor does the JSON form take it.
            static let most = 1 << 48

            /// A sum with one more number, within what there can be.
            static func sum(_ sum: Int, _ number: Int) -> Int { min(sum + min(max(number, 0), most), most) }
        }

        /// Adds what another run found of the definition.
        mutating func add(_ other: Self) {
            count += other.count
            guard let known = total, let more = other.total, more.field == known.field else {
                total = nil
                return
            }
            total?.sum = Total.sum(known.sum, more.sum)
        }
    }

    /// How many records were found in all.
    public var recordCount: Int { recordCounts.reduce(0) { $0 + $1.count } }

    /// How many records of a name were found (for `--fail-if`); nil where no definition has the name.
    public func count(of record: String) -> Int? { recordCounts.first { $0.name == record }?.count }
}

/// A table of the summary.
public struct Table: Sendable, Equatable {
    /// A column's heading.
    public struct Column: Sendable, Equatable {
        /// `count`, a field's name or an aggregate such as `sum(bytes)`.
        public var name: String
        /// Whether all cells are numbers.
        public var isNumber: Bool
        /// Whether it holds what was counted or added up, not what the rows are grouped by.
        public var isMeasure: Bool
        /// Whether a narrow page breaks its texts into lines, where it cuts others.
        var isWhole = false

        /// What a column holds, by JSON's name for it.
        enum Kind: String {
            /// What was counted or added up.
            case measure
            /// A number that the rows are grouped by.
            case number
            /// Anything else.
            case text
        }

        /// What it holds.
        var kind: Kind { isMeasure ? .measure : isNumber ? .number : .text }
    }

    /// A value of a row.
    public enum Cell: Sendable, Equatable {
        /// Nothing.
        case none
        /// A number.
        case integer(Int128)
        /// A number that was printed in hexadecimal.
        case hex(UInt64)
        /// A mean.
        case mean(Double)
        /// Text, with invalid UTF-8 replaced by U+FFFD; may hold control characters.
        case text(String)
        /// A stack, by its place in the summary's stacks.
        case stack(Int)
    }

    /// The heading.
    public var title: String
    /// The name of the records that it counts.
    public var record: String
    /// The columns, from left to right.
    public var columns: [Column]
    /// The rows that are to be shown, each with a cell a column.
    public var rows: [[Cell]]
    /// How many more rows there are.
    public var omittedRows: Int
    /// How many records those rows stand for.
    public var omittedRecords: Int
    /// Whether it was put together of tables that left out rows, which may be among its rows: their numbers may be too low.
    var isOfCutTables = false
}

/// A forest of the summary.
public struct Tree: Sendable, Equatable {
    /// A node.
    public struct Node: Sendable, Equatable {
        /// What it is called; may hold control characters.
        public var label: String
        /// How many ancestors it has.
        public var depth: Int
        /// How often it was stated.
        public var count: Int
    }

    /// The heading.
    public var title: String
    /// The name of the records that it is made of.
    public var record: String
    /// The nodes, each before its children.
    public var nodes: [Node]
}
