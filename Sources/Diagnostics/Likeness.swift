/// Orders names by how likely each was meant when another was written.
public enum Likeness {
    /// The candidates that resemble `name`, the likeliest first, at most `limit`.
    ///
    /// A candidate resembles the name when its edit distance (with transpositions) is at most a third of the
    /// longer one's length and at least 1, or when one begins with the other.
    public static func nearest(
        to name: String, among candidates: some Sequence<String>, limit: Int = 3
    ) -> [String] {
        scored(name, candidates).prefix(limit).map(\.name)
    }

    /// The one candidate that is so much likelier than all others that it may be put in the name's place: one
    /// slip of the hand away, and no other is.
    public static func clearlyMeant(by name: String, among candidates: some Sequence<String>) -> String? {
        let found = scored(name, candidates)
        guard let first = found.first, first.score <= 2, found.count == 1 || found[1].score > first.score
        else { return nil }
        return first.name
    }

    private static func scored(
        _ name: String, _ candidates: some Sequence<String>
    ) -> [(score: Int, name: String)] {
        let wanted = Array(name.lowercased().utf8)
        guard !wanted.isEmpty else { return [] }
        var scored: [(score: Int, name: String)] = []
        for candidate in Set(candidates) where candidate != name {
            let other = Array(candidate.lowercased().utf8)
            guard !other.isEmpty else { continue }
            let allowed = max(1, max(wanted.count, other.count) / 3)
            if abs(wanted.count - other.count) <= allowed,
                let distance = distance(wanted, other, atMost: allowed)
            {
                scored.append((distance * 2, candidate))
            } else if min(wanted.count, other.count) >= 3,
                wanted.starts(with: other) || other.starts(with: wanted)
            {
                scored.append((allowed * 2 + 1, candidate))
            }
        }
        scored.sort { ($0.score, $0.name) < ($1.score, $1.name) }
        return scored
    }

    /// ` (did you mean 'x'?)`, ` (did you mean 'x' or 'y'?)`, or nothing.
    public static func suggestion(
        for name: String, among candidates: some Sequence<String>, prefix: String = ""
    ) -> String {
        let names = nearest(to: name, among: candidates, limit: 2).map { "'\(prefix)\($0)'" }
        return names.isEmpty ? "" : " (did you mean \(names.joined(separator: " or "))?)"
    }

    /// The optimal string alignment distance, or nil where it exceeds `limit`.
    private static func distance(_ a: [UInt8], _ b: [UInt8], atMost limit: Int) -> Int? {
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in 1...a.count {
            var row = [i]
            row.reserveCapacity(b.count + 1)
            var best = i
            for j in 1...b.count {
                var cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    cost = min(cost, beforeLast[j - 2] + 1)
                }
                row.append(cost)
                best = min(best, cost)
            }
            if best > limit { return nil }
            beforeLast = last
            last = row
        }
        return last[b.count] <= limit ? last[b.count] : nil
    }
}
