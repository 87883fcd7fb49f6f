public import Diagnostics

/// What a recipe's author states of it, to be tested without a machine to trace: what it makes of some output, what
/// script it expands to.
public struct RecipeTest: Sendable {
    /// Its name, one line.
    public var name: Located<String>
    /// Values of the recipe's parameters, by their names.
    public var arguments: [String: ParameterValue]
    /// What the recipe's records and summary make of an output; nil where that is not tested.
    public var summary: SummaryExpectation?
    /// What the script is with the arguments; nil where that is not tested.
    public var script: ScriptExpectation?
    /// What a real run on a shipped program must find; nil where that is not tested.
    public var live: LiveExpectation?

    /// Creates a test.
    public init(
        name: Located<String>, arguments: [String: ParameterValue] = [:], summary: SummaryExpectation? = nil,
        script: ScriptExpectation? = nil, live: LiveExpectation? = nil
    ) {
        self.name = name
        self.arguments = arguments
        self.summary = summary
        self.script = script
        self.live = live
    }
}

/// An output as the script prints it, and what the summary must make of it.
public struct SummaryExpectation: Sendable {
    /// The output.
    public var output: String
    /// How many records of each name there must be, none of those not named; nil where that is not tested.
    public var records: Located<[Located<Count>]>?
    /// How many distinct stacks there must be; nil where that is not tested.
    public var stacks: Located<Int>?
    /// What must be lost, and nothing else.
    public var losses: Located<[Located<Count>]>
    /// The rows of tables, by title, all of those that are shown.
    public var tables: [(title: Located<String>, rows: [Located<[Cell]>])]
    /// The nodes of trees, by title, a line each, indented by two spaces a level.
    public var trees: [(title: Located<String>, nodes: Located<String>)]

    /// A name and how often.
    public struct Count: Sendable, Equatable {
        /// A record's or a loss's.
        public var name: String
        /// How often.
        public var count: Int

        /// Creates a count.
        public init(_ name: String, _ count: Int) {
            self.name = name
            self.count = count
        }
    }

    /// A value of a row.
    public enum Cell: Sendable, Equatable {
        /// A number or text, as the summary's text has it.
        case text(String)
        /// The functions of a stack, the innermost first.
        case stack([String])
    }
}

/// A program that does what is known, and what a run on it must find.
public struct LiveExpectation: Sendable {
    /// Rows by the titles of their tables.
    public typealias Rows = [(title: Located<String>, rows: [Located<[SummaryExpectation.Cell]>])]

    /// The program to start under the recipe, and its arguments; `live/…` is what is shipped.
    public var command: [String]
    /// Rows that must be among those of the tables.
    ///
    /// `_` stands for any value, and of a stack's functions others may stand between those that are named.
    public var finds: Rows
    /// Rows that must not be there.
    public var lacks: Rows
    /// Where it stands.
    public var range: SourceRange
}

/// What the script must be.
public struct ScriptExpectation: Sendable {
    /// The whole script; nil where only parts are tested.
    public var whole: Whole?
    /// Texts that must be in it.
    public var contains: [Located<String>]
    /// Texts that must not be in it.
    public var lacks: [Located<String>]

    /// A whole script.
    public enum Whole: Sendable {
        /// It stands in the recipe.
        case text(ScriptSource)
        /// It stands in a file beside the recipe's, by its name there.
        case file(Located<String>)
    }
}
