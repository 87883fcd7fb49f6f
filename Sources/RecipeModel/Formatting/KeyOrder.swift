/// The order in which a formatted recipe has the keys of a mapping, and those of the mappings in it.
indirect enum KeyOrder: Sendable {
    /// The file's order, which may mean something.
    case asWritten
    /// This order; keys that are not in it come behind, as they are written.
    case keys([String], inside: [String: KeyOrder] = [:])
    /// The file's order, and this one in each value or item.
    case each(KeyOrder)

    /// That of a recipe.
    static let recipe = KeyOrder.keys(
        RecipeKey.canonical.map(\.rawValue),
        inside: [
            RecipeKey.parameters.rawValue: .each(.parameter),
            RecipeKey.limits.rawValue: .keys(LimitKey.all),
            RecipeKey.inconclusiveWith.rawValue: .each(.keys(BlindSpotKey.allCases.map(\.rawValue))),
            RecipeKey.records.rawValue: .each(.keys(RecordKey.allCases.map(\.rawValue))),
            RecipeKey.summaryTables.rawValue: .each(.keys(TableKey.allCases.map(\.rawValue))),
            RecipeKey.summaryTrees.rawValue: .each(.keys(TreeKey.allCases.map(\.rawValue))),
            RecipeKey.tests.rawValue: .each(
                .keys(
                    TestKey.allCases.map(\.rawValue),
                    inside: [
                        TestKey.expect.rawValue: .keys(ExpectationKey.allCases.map(\.rawValue)),
                        TestKey.live.rawValue: .keys(LiveKey.allCases.map(\.rawValue)),
                    ])),
        ])

    private static let parameter = KeyOrder.keys(
        ParameterKey.canonical.map(\.rawValue),
        inside: [ParameterKey.items.rawValue: .keys(ParameterKey.canonical.map(\.rawValue))])

    /// That of the value of a key, or of an item.
    func inside(_ key: String?) -> KeyOrder {
        switch self {
        case .asWritten: .asWritten
        case .keys(_, let inside): key.flatMap { inside[$0] } ?? .asWritten
        case .each(let order): order
        }
    }

    /// Entries in this order.
    func sorted<Entry>(_ entries: [Entry], by key: (Entry) -> String) -> [Entry] {
        guard case .keys(let keys, _) = self else { return entries }
        let rank = Dictionary(uniqueKeysWithValues: keys.enumerated().map { ($1, $0) })
        return entries.enumerated().sorted {
            (rank[key($0.element)] ?? keys.count, $0.offset) < (
                rank[key($1.element)] ?? keys.count, $1.offset
            )
        }.map(\.element)
    }
}

extension RecipeKey {
    /// The order of a formatted recipe.
    static let canonical: [RecipeKey] = [
        .name, .extends, .summary, .description, .tags, .guru, .needsTarget, .parameters, .limits, .timeout,
        .inconclusiveWith, .emptyMeans, .triedWith, .script, .records, .summaryTables, .summaryTrees, .tests,
    ]
}

extension ParameterKey {
    /// The order of a formatted recipe.
    static let canonical: [ParameterKey] = [
        .type, .required, .default, .minimum, .maximum, .pattern, .maximumLength, .choices, .items, .help,
        .examples,
    ]
}
