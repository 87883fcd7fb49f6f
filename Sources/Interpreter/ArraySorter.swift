import Lowering
import StapLanguage

/// Sorts an array's elements as stap's runtime does (map.c): all of them, or so that the first `limit` are right.
///
/// The rest's order shows too, since the array stays as it was sorted.
struct ArraySorter {
    /// A limit above this one sorts everything.
    private static let partialLimit = 30

    let limit: Int64?
    let direction: Foreach.Direction

    func sort<Element>(_ elements: inout [Element], by key: (Element) -> Value) {
        var keyed = elements.map { (key: key($0), element: $0) }
        guard let limit, limit != 0, limit <= Self.partialLimit else {
            // Swift's sort is stable, as stap's merge sort is.
            keyed.sort { isMisplaced($1.key, before: $0.key) }
            elements = keyed.map(\.element)
            return
        }
        guard limit > 0 else { return }
        var top = Array(keyed.prefix(Int(limit)))
        top.sort { isMisplaced($1.key, before: $0.key) }
        var displaced: [(key: Value, element: Element)] = []
        var untouched: [(key: Value, element: Element)] = []
        for candidate in keyed.dropFirst(top.count) {
            let place = top.lastIndex { !isMisplaced($0.key, before: candidate.key) }.map { $0 + 1 } ?? 0
            if place == top.count {
                untouched.append(candidate)
            } else {
                top.insert(candidate, at: place)
                displaced.append(top.removeLast())
            }
        }
        elements = (top + displaced.reversed() + untouched).map(\.element)
    }

    /// Whether the first must stand behind the second.
    private func isMisplaced(_ first: Value, before second: Value) -> Bool {
        let isLess: Bool
        let isGreater: Bool
        switch (first, second) {
        case (.integer(let left), .integer(let right)):
            isLess = left < right
            isGreater = left > right
        case (.text(let left), .text(let right)):
            isLess = left.lexicographicallyPrecedes(right)
            isGreater = right.lexicographicallyPrecedes(left)
        default: preconditionFailure("an array's keys at one place have one type")
        }
        return direction == .ascending ? isGreater : isLess
    }
}
