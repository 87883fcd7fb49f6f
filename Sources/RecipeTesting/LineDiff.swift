/// Where two texts differ, line by line.
public struct LineDiff: Sendable, Equatable {
    /// A line of the difference.
    public enum Line: Sendable, Equatable {
        /// It is in both.
        case same(String)
        /// It was expected.
        case expected(String)
        /// It was found.
        case found(String)
        /// So many lines that are in both.
        case skipped(Int)

        /// The line as `diff -u` shows it.
        public var text: String {
            switch self {
            case .same(let line): "  \(line)"
            case .expected(let line): "- \(line)"
            case .found(let line): "+ \(line)"
            case .skipped(let count): "  … \(count) equal \(count == 1 ? "line" : "lines")"
            }
        }
    }

    /// The lines, those far from every difference skipped.
    public var lines: [Line]
    /// The places of the expected lines that were not found.
    public var missing: [Int]

    /// How many equal lines are shown beside a difference.
    private static let context = 2

    /// Compares; nil where nothing differs.
    public init?(expected: [String], found: [String]) {
        guard expected != found else { return nil }
        let difference = found.difference(from: expected)
        missing = difference.removals.map { change in
            switch change {
            case .remove(let offset, _, _), .insert(let offset, _, _): offset
            }
        }
        let removed = Set(missing)
        let inserted = Set(
            difference.insertions.map { change in
                switch change {
                case .remove(let offset, _, _), .insert(let offset, _, _): offset
                }
            })
        var all: [Line] = []
        var (left, right) = (0, 0)
        while left < expected.count || right < found.count {
            if removed.contains(left) {
                all.append(.expected(expected[left]))
                left += 1
            } else if inserted.contains(right) {
                all.append(.found(found[right]))
                right += 1
            } else {
                all.append(.same(expected[left]))
                left += 1
                right += 1
            }
        }
        lines = Self.shortened(all)
    }

    private static func shortened(_ all: [Line]) -> [Line] {
        func differs(_ line: Line) -> Bool { if case .same = line { false } else { true } }
        var isNear = [Bool](repeating: false, count: all.count)
        for index in all.indices where differs(all[index]) {
            for near in max(index - context, 0)...min(index + context, all.count - 1) { isNear[near] = true }
        }
        var lines: [Line] = []
        var skipped = 0
        for index in all.indices {
            if isNear[index] {
                if skipped > 0 { lines.append(.skipped(skipped)) }
                skipped = 0
                lines.append(all[index])
            } else {
                skipped += 1
            }
        }
        return skipped > 0 ? lines + [.skipped(skipped)] : lines
    }
}
