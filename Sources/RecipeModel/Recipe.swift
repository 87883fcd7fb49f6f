public import Diagnostics

/// A canned diagnostic as its YAML file states it: checked for form, not yet bound to arguments.
public struct Recipe: Sendable {
    /// Its name, a lower-case identifier with dashes, the same as the file's name without `.yaml`.
    public var name: String
    /// One line for `taprecipe list`.
    public var summary: String
    /// What it is for and how to read what it prints; paragraphs, may be empty.
    public var details: String
    /// Words to find it by.
    public var tags: [String]
    /// What a user may or must give, in the file's order.
    public var parameters: [Parameter]
    /// The limits that it asks for.
    public var limits: Limits
    /// How long to trace where the user says nothing.
    public var timeout: Duration
    /// Whether the script needs stap's guru mode (`-g`), which a user must allow with `--allow-guru`.
    public var guru: Bool
    /// Whether a run needs a process to trace, `--pid` or a command, as the script compares with `target()`.
    public var needsTarget: Bool
    /// What a target may have of which the recipe sees nothing.
    public var blindSpots: [BlindSpot]
    /// What it means that a run found nothing and lost nothing, where that says less than that nothing happened.
    public var emptyMeaning: String?
    /// The programs and versions that it was tried with, such as `nginx 1.22.1`.
    public var triedWith: [String]
    /// The SystemTap script with `{{…}}` substitutions.
    public var script: ScriptSource
    /// The patterns that find records in the script's output, in the file's order.
    public var records: [RecordDefinition]
    /// The tables of the summary, in the file's order.
    public var tables: [TableDefinition]
    /// The trees of the summary, in the file's order.
    public var trees: [TreeDefinition]
    /// What its author tests of it, in the file's order.
    public var tests: [RecipeTest]
    /// The file that it was read from.
    public var source: SourceFile
    /// The files of the recipes that it extends, the nearest first.
    public var bases: [SourceFile]

    /// Creates a recipe.
    public init(
        name: String, summary: String, details: String = "", tags: [String] = [],
        parameters: [Parameter] = [],
        limits: Limits = Limits(), timeout: Duration = .seconds(60), guru: Bool = false,
        needsTarget: Bool = false, blindSpots: [BlindSpot] = [], emptyMeaning: String? = nil,
        triedWith: [String] = [],
        script: ScriptSource,
        records: [RecordDefinition] = [], tables: [TableDefinition] = [], trees: [TreeDefinition] = [],
        tests: [RecipeTest] = [], source: SourceFile, bases: [SourceFile] = []
    ) {
        self.name = name
        self.summary = summary
        self.details = details
        self.tags = tags
        self.parameters = parameters
        self.limits = limits
        self.timeout = timeout
        self.guru = guru
        self.needsTarget = needsTarget
        self.blindSpots = blindSpots
        self.emptyMeaning = emptyMeaning
        self.triedWith = triedWith
        self.script = script
        self.records = records
        self.tables = tables
        self.trees = trees
        self.tests = tests
        self.source = source
        self.bases = bases
    }

    /// The names of all files that it was read from, its own first.
    public var files: [String] { [source.name] + bases.map(\.name) }

    /// The bytes of all those files, one behind the other: what a digest of the recipe is made of.
    public var bytes: [UInt8] { source.bytes + bases.flatMap(\.bytes) }
}

/// The `script:` of a recipe: its text and where each of its lines stands in the YAML.
///
/// The script is a literal block scalar (`|`), so every line of it is a line of the YAML behind a constant
/// indentation, and places map back exactly.
public struct ScriptSource: Sendable {
    /// The script's text, with the block's indentation removed.
    public var text: SourceFile
    /// From `text` to the YAML, verbatim, a segment a line.
    public var map: SourceMap

    /// Creates a script source.
    public init(text: SourceFile, map: SourceMap) {
        self.text = text
        self.map = map
    }
}

/// A value and where the YAML states it.
public struct Located<Value: Sendable>: Sendable {
    /// The value.
    public var value: Value
    /// Where it stands.
    public var range: SourceRange

    /// Creates a located value.
    public init(_ value: Value, at range: SourceRange) {
        self.value = value
        self.range = range
    }
}
