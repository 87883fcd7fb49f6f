extension Sequence {
    /// The elements that an order has first, at most `count` of them, without sorting all.
    ///
    /// Memory is bounded by `count`. Only where no two elements are equal in the order it is certain which are taken.
    func first(_ count: Int, by precedes: (Element, Element) -> Bool) -> [Element] {
        guard count > 0 else { return [] }
        var kept: [Element] = []
        // The last of the first ones so far: what it precedes cannot be among them.
        var bound: Element?
        func cut() {
            kept.sort(by: precedes)
            guard kept.count >= count else { return }
            kept.removeLast(kept.count - count)
            bound = kept.last
        }
        for element in self {
            if let bound, !precedes(element, bound) { continue }
            kept.append(element)
            if kept.count / 2 >= count { cut() }
        }
        cut()
        return kept
    }
}
