import Diagnostics

/// A pattern that finds one kind of record in a script's output.
///
/// The pattern is matched from the line's start to its end. `{name}` takes a word (no white space),
/// `{name:integer}` a decimal number, `{name:hex}` a hexadecimal one (with or without `0x`), `{name:rest}`
/// everything to the line's end; `{{` and `}}` stand for braces; a space matches one or more blanks.
public struct RecordDefinition: Sendable {
    /// Its name.
    public var name: String
    /// The pattern's text.
    public var line: Located<String>
    /// The number field that says how many things a line stands for; nil: a line is one.
    public var counts: Located<String>?
    /// What may follow the line, in this order, each optional.
    public var followedBy: [Follower]

    /// What follows a record's line.
    public enum Follower: Sendable {
        /// A backtrace in stap's form; the record gets the field `stack`.
        case stack
        /// Records of another definition, zero or more, which become this one's children.
        case records(Located<String>)
    }

    /// Creates a record definition.
    public init(
        name: String, line: Located<String>, counts: Located<String>? = nil, followedBy: [Follower] = []
    ) {
        self.name = name
        self.line = line
        self.counts = counts
        self.followedBy = followedBy
    }
}

/// A column of a table: a field, or a number made of the group's records.
public enum ColumnDefinition: Sendable, Equatable {
    /// How many records the group has.
    case count
    /// A field's value; the table must group by it.
    case field(String)
    /// The sum, least, greatest or mean of a number field over the group: `sum(bytes)`.
    case aggregate(Aggregate, field: String)

    /// A number made of a group's values.
    public enum Aggregate: String, Sendable, CaseIterable { case sum, min, max, avg }

    /// What the column is called: `count`, the field's name, `sum(bytes)`.
    public var label: String {
        switch self {
        case .count: "count"
        case .field(let name): name
        case .aggregate(let aggregate, let field): "\(aggregate.rawValue)(\(field))"
        }
    }
}

/// A table of the summary: records of one kind, grouped.
///
/// A field is named plainly where it is the record's own or its parent record's, and as `record.field` where
/// it belongs to the first child record of that name.
public struct TableDefinition: Sendable {
    /// The heading.
    public var title: String
    /// The record's name.
    public var of: Located<String>
    /// The fields whose equal values make a group; empty: a row a record.
    public var groupBy: [Located<String>]
    /// The columns, from left to right.
    public var columns: [Located<ColumnDefinition>]
    /// The columns to sort by, the first the strongest.
    public var sort: [SortKey]
    /// The most rows to show; the rest is counted in a line.
    public var limit: Int

    /// One key of an order.
    public struct SortKey: Sendable, Equatable {
        /// What is compared.
        public var column: ColumnDefinition
        /// Whether the greatest comes first (`-count`).
        public var isDescending: Bool

        /// Creates a key.
        public init(column: ColumnDefinition, isDescending: Bool) {
            self.column = column
            self.isDescending = isDescending
        }
    }

    /// Creates a table definition.
    public init(
        title: String, of: Located<String>, groupBy: [Located<String>] = [],
        columns: [Located<ColumnDefinition>], sort: [SortKey] = [], limit: Int = 20
    ) {
        self.title = title
        self.of = of
        self.groupBy = groupBy
        self.columns = columns
        self.sort = sort
        self.limit = limit
    }
}

/// A tree of the summary: records that each state a parent and a child, such as forks.
public struct TreeDefinition: Sendable {
    /// The heading.
    public var title: String
    /// The record's name.
    public var of: Located<String>
    /// The field that identifies the parent.
    public var parent: Located<String>
    /// The field that identifies the child.
    public var child: Located<String>
    /// What to print for the parent and for the child: texts with `{field}` in them.
    public var parentLabel: Located<String>
    /// See `parentLabel`.
    public var childLabel: Located<String>
    /// The record that gives a node, by the field `child`, its label anew.
    public var renamedBy: Located<String>?

    /// Creates a tree definition.
    public init(
        title: String, of: Located<String>, parent: Located<String>, child: Located<String>,
        parentLabel: Located<String>, childLabel: Located<String>, renamedBy: Located<String>? = nil
    ) {
        self.title = title
        self.of = of
        self.parent = parent
        self.child = child
        self.parentLabel = parentLabel
        self.childLabel = childLabel
        self.renamedBy = renamedBy
    }
}
