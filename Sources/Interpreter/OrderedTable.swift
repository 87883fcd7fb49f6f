import Lowering

/// Elements by keys, in an order of their own: a new one comes last.
///
/// A ring through the slots keeps the order, so that adding, removing and dropping the first take constant time.
struct OrderedTable<Element> {
    private struct Slot {
        var keys: [Value]
        var element: Element
        var previous: Int
        var next: Int
    }

    private var slots: [Slot] = []
    private var free: [Int] = []
    private var places: [[Value]: Int] = [:]
    private var first = -1
    private var last = -1

    var count: Int { places.count }

    func element(_ keys: [Value]) -> Element? { places[keys].map { slots[$0].element } }

    func contains(_ keys: [Value]) -> Bool { places[keys] != nil }

    /// Changes an element in its place; false where there is none.
    mutating func update(_ keys: [Value], _ change: (inout Element) -> Void) -> Bool {
        guard let place = places[keys] else { return false }
        change(&slots[place].element)
        return true
    }

    /// Adds an element whose keys are new.
    mutating func append(_ keys: [Value], _ element: Element) {
        let slot = Slot(keys: keys, element: element, previous: last, next: -1)
        let place: Int
        if let reused = free.popLast() {
            place = reused
            slots[place] = slot
        } else {
            place = slots.count
            slots.append(slot)
        }
        if last >= 0 { slots[last].next = place } else { first = place }
        last = place
        places[keys] = place
    }

    mutating func remove(_ keys: [Value]) {
        guard let place = places.removeValue(forKey: keys) else { return }
        let slot = slots[place]
        if slot.previous >= 0 { slots[slot.previous].next = slot.next } else { first = slot.next }
        if slot.next >= 0 { slots[slot.next].previous = slot.previous } else { last = slot.previous }
        free.append(place)
    }

    mutating func removeFirst() {
        if first >= 0 { remove(slots[first].keys) }
    }

    mutating func removeAll() { self = OrderedTable() }

    /// Puts elements into another order; those that are not named follow as they were.
    mutating func reorder(_ keys: [[Value]]) {
        let named = keys.compactMap { key in places[key].map { (key, slots[$0].element) } }
        for (key, _) in named { remove(key) }
        let rest = elements
        removeAll()
        for (key, element) in named { append(key, element) }
        for (key, element) in rest { append(key, element) }
    }

    /// All elements in their order.
    var elements: [(keys: [Value], value: Element)] {
        var result: [(keys: [Value], value: Element)] = []
        result.reserveCapacity(count)
        var place = first
        while place >= 0 {
            result.append((slots[place].keys, slots[place].element))
            place = slots[place].next
        }
        return result
    }
}
