/// How far a walk over entries has come.
///
/// DWARF writes a tree in order, so a walk that goes down and then on only meets entries behind those that it
/// met. A forged `DW_AT_sibling` that leads into the entry's own children breaks that, and makes a walk double with
/// each level; it ends where this says so.
struct WalkMark {
    private var last: UInt = 0

    /// Whether the entry lies behind everything that the walk has met; takes note of it.
    mutating func passes(_ die: DIE) -> Bool {
        guard die.address > last else { return false }
        last = die.address
        return true
    }
}
