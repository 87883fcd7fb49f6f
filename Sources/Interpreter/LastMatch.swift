import Regexes

/// What `=~` and `!~` last compared, for `matched()`; it lives on between handlers, as in stap.
struct LastMatch {
    private var groups: RegexGroups?
    private var text: [UInt8] = []
    private var hasMatched = false
    private var places: [Range<Int>?]?

    /// Notes a comparison.
    mutating func note(_ text: [UInt8], with groups: RegexGroups, hasMatched: Bool) {
        (self.groups, self.text, self.hasMatched, places) = (groups, text, hasMatched, nil)
    }

    /// How many groups the expression has, the whole match among them.
    func count() throws(RuntimeError) -> Int {
        guard hasMatched, let groups else { throw .noMatch(nil) }
        return groups.count
    }

    /// What a group matched; empty for one that took no part.
    mutating func group(_ number: Int64) throws(RuntimeError) -> [UInt8] {
        guard let groups, number < groups.count, number >= 0 else { throw .noGroup(number) }
        guard hasMatched else { throw .noMatch(number) }
        let places = places ?? groups.match(text) ?? []
        self.places = places
        guard places.indices.contains(Int(number)), let place = places[Int(number)] else { return [] }
        return Array(text[place])
    }
}
