@testable import Regexes

/// Matches by trying, slowly and simply: what the automaton is held against.
struct Backtracker {
    let text: [UInt8]

    /// Whether a match begins anywhere.
    ///
    /// stap takes `$` for a character behind the last.
    func holdsMatch(_ node: RegexNode) -> Bool {
        (0...text.count).contains { matches(node, from: $0) { _ in true } }
    }

    private func matches(_ node: RegexNode, from start: Int, _ rest: (Int) -> Bool) -> Bool {
        switch node {
        case .empty: return rest(start)
        case .byte(let set): return start < text.count && set.contains(text[start]) && rest(start + 1)
        case .group(let inner, number: _): return matches(inner, from: start, rest)
        case .lineStart: return start == 0 && rest(start)
        case .lineEnd: return start == text.count && rest(start + 1)
        case .sequence(let nodes):
            guard let first = nodes.first else { return rest(start) }
            return matches(first, from: start) {
                matches(.sequence(Array(nodes.dropFirst())), from: $0, rest)
            }
        case .alternatives(let branches): return branches.contains { matches($0, from: start, rest) }
        case .repeated(let inner, let least, let most):
            if least > 0 {
                return matches(inner, from: start) {
                    matches(.repeated(inner, atLeast: least - 1, atMost: most.map { $0 - 1 }), from: $0, rest)
                }
            }
            if rest(start) { return true }
            if most == 0 { return false }
            return matches(inner, from: start) { end in
                // A round that takes nothing leads nowhere new.
                end > start
                    && matches(.repeated(inner, atLeast: 0, atMost: most.map { $0 - 1 }), from: end, rest)
            }
        }
    }
}
