/// The keys of a recipe's top level.
enum RecipeKey: String, CaseIterable {
    case name, summary, description, tags, parameters, limits, timeout, guru, script, records
    case needsTarget = "needs-target"
    case inconclusiveWith = "inconclusive-with"
    case emptyMeans = "empty-means"
    case triedWith = "tried-with"
    case summaryTables = "summary-tables"
    case summaryTrees = "summary-trees"
    case tests, extends
}

/// The keys of a parameter; of a list's `items`, those but `required`, `default`, `help` and `examples`.
enum ParameterKey: String, CaseIterable {
    case type, required, `default`, help, examples, minimum, maximum, pattern
    case maximumLength = "max-length"
    case choices, items

    /// The types that the key is for; nil for all.
    var types: [ParameterTypeName]? {
        switch self {
        case .type, .required, .default, .help, .examples: nil
        case .minimum, .maximum: [.integer]
        case .pattern, .maximumLength: [.string]
        case .choices: [.choice]
        case .items: [.list]
        }
    }

    /// The keys that say something of a parameter as a whole, not of its type.
    static let ofParametersOnly: Set<ParameterKey> = [.required, .default, .help, .examples]
}

/// The names of the parameter types.
enum ParameterTypeName: String, CaseIterable {
    case executable, path, pid, integer, string, regex, duration, size, boolean, choice, identifier, list
}

/// The key of `limits` that is not one of stap's macros.
enum LimitKey {
    static let buffer = "buffer"
    static let all = Limits.Macro.allCases.map(\.rawValue) + [buffer]
}

/// The keys of an entry of `inconclusive-with`.
enum BlindSpotKey: String, CaseIterable {
    case library, function, because
}

/// The keys of a record.
enum RecordKey: String, CaseIterable {
    case line, counts
    case followedBy = "followed-by"

    /// The follower that is no record's name.
    static let stack = "stack"
}

/// The keys of a table.
enum TableKey: String, CaseIterable {
    case title, of
    case groupBy = "group-by"
    case columns, sort, limit
}

/// The keys of a tree.
enum TreeKey: String, CaseIterable {
    case title, of, parent, child
    case parentLabel = "parent-label"
    case childLabel = "child-label"
    case renamedBy = "renamed-by"
}

/// The keys of a test.
enum TestKey: String, CaseIterable {
    case name, parameters, output, expect
    case expandsTo = "expands-to"
    case scriptContains = "script-contains"
    case scriptLacks = "script-lacks"
    case live

    /// The ending of a file that holds a whole script.
    static let scriptEnding = ".stp"
}

/// The keys of a test on a program that runs.
enum LiveKey: String, CaseIterable {
    case command, finds, lacks
}

/// The keys of what a test expects of a summary.
enum ExpectationKey: String, CaseIterable {
    case records, stacks, losses, tables, trees
}
