import Diagnostics

/// The entries of a mapping whose keys are known beforehand; misspelt ones are reported when it is made.
struct Fields<Key: RawRepresentable & CaseIterable & Hashable> where Key.RawValue == String {
    /// What has the keys, for messages: `a recipe`, `parameter 'host'`.
    let owner: String
    /// Where to point when a key is missing.
    let place: SourceRange
    private var entries: [Key: YAMLNode.Entry] = [:]
    private let problems: ProblemCollector

    /// Reads a mapping's keys; nil, and reported, where the node is no mapping.
    init?(_ node: YAMLNode, of owner: String, place: SourceRange? = nil, _ problems: ProblemCollector) {
        self.owner = owner
        self.place = place ?? node.range
        self.problems = problems
        guard case .mapping(let all) = node.content else {
            problems.report(
                .wrongKind(owner, expected: "a mapping of keys to values", found: node.kind), at: node.range)
            return nil
        }
        for entry in all {
            let name = entry.key.scalar ?? ""
            if let key = Key(rawValue: name) {
                entries[key] = entry
            } else {
                problems.report(
                    .unknownKey(name, owner: owner, known: Key.allCases.map(\.rawValue)), at: entry.key.range)
            }
        }
    }

    /// The value of a key.
    subscript(key: Key) -> YAMLNode? { entries[key]?.value }

    /// Where a key stands.
    func keyRange(_ key: Key) -> SourceRange? { entries[key]?.key.range }

    /// The keys that are there.
    var keys: some Sequence<Key> { entries.keys }

    /// The value of a key; reported where it is missing.
    func required(_ key: Key) -> YAMLNode? {
        if let entry = entries[key] { return entry.value }
        problems.report(.missingKey(key.rawValue, owner: owner), at: place)
        return nil
    }
}
