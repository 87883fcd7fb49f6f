import Diagnostics

/// The entries of a mapping whose keys are known beforehand; misspelt ones are reported when it is made.
struct Fields<Key: RawRepresentable & CaseIterable & Hashable> where Key.RawValue == String {
    /// What has the keys, for messages: `a recipe`, `parameter 'host'`.
    let owner: String
    /// Where to point when a key is missing.
    let place: SourceRange
    private var entries: [Key: YAMLNode.Entry] = [:]
    /// The keys that misspelt ones were meant as; that they are missing too need not be said.
    private var misspelt: Set<Key> = []
    private let problems: ProblemCollector

    /// Reads a mapping's keys; nil, and reported, where the node is no mapping.
    ///
    /// `offered` are the keys that messages speak of, where that is not all of them.
    init?(
        _ node: YAMLNode, of owner: String, place: SourceRange? = nil, offered: [Key] = Array(Key.allCases),
        _ problems: ProblemCollector
    ) {
        self.owner = owner
        self.place = place ?? node.range
        self.problems = problems
        guard case .mapping(let all) = node.content else {
            problems.report(
                .wrongKind(owner, expected: "a mapping of keys to values", found: node.kind), at: node.range)
            return nil
        }
        let known = offered.map(\.rawValue)
        for entry in all {
            let name = entry.key.scalar ?? ""
            if let key = Key(rawValue: name) {
                entries[key] = entry
            } else if name == "<<" {
                problems.report(.mergeKey, at: entry.key.range)
                misspelt.formUnion(Key.allCases)
            } else {
                problems.report(.unknownKey(name, owner: owner, known: known), at: entry.key.range)
                let meant = Likeness.nearest(to: name, among: known, limit: 1).first
                if let key = meant.flatMap(Key.init(rawValue:)) { misspelt.insert(key) }
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
        if !misspelt.contains(key) { problems.report(.missingKey(key.rawValue, owner: owner), at: place) }
        return nil
    }
}
