/// A hash table from names to symbols' numbers that keeps no names: its user compares them.
struct SymbolIndex: Sendable {
    /// A number times 2, plus 1 where the name is meant without its version; or empty.
    private var slots: [Int32]
    private static let empty: Int32 = -1

    /// Has room for `count` names, and as many again without their versions.
    init(count: Int) {
        var size = 16
        while size < count * 3 { size *= 2 }
        slots = Array(repeating: Self.empty, count: size)
    }

    /// FNV-1a, mixed once more because the lowest bits choose the slot.
    static func hash(_ name: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var value: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return value ^ value >> 32
    }

    /// The number that was put in under a name with this hash and for which `isSame` holds.
    func first(hash: UInt64, _ isSame: (_ number: Int, _ isVersioned: Bool) -> Bool) -> Int? {
        let slot = slots[place(hash, isSame)]
        return slot == Self.empty ? nil : Int(slot >> 1)
    }

    /// Puts a number in; where the name is taken, only if it is better than the one that is there.
    mutating func insert(
        _ number: Int, _ isVersioned: Bool, hash: UInt64,
        _ isSame: (_ number: Int, _ isVersioned: Bool) -> Bool, replacing isBetter: (_ known: Int) -> Bool
    ) {
        guard let value = Int32(exactly: number * 2 + (isVersioned ? 1 : 0)) else { return }
        let place = place(hash, isSame)
        if slots[place] == Self.empty || isBetter(Int(slots[place] >> 1)) { slots[place] = value }
    }

    private func place(_ hash: UInt64, _ isSame: (_ number: Int, _ isVersioned: Bool) -> Bool) -> Int {
        let mask = slots.count - 1
        var place = Int(truncatingIfNeeded: hash) & mask
        while slots[place] != Self.empty {
            let slot = slots[place]
            if isSame(Int(slot >> 1), slot & 1 == 1) { return place }
            place = (place + 1) & mask
        }
        return place
    }
}
