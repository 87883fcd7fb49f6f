import DebugInfo

extension Location {
    /// Where a part of a structure lies that is in registers, or put together from pieces (DWARF 5, section 2.6.1.2).
    ///
    /// - Parameter offset: The part's offset in the structure, in bytes.
    /// - Returns: The place of the piece, and the part's offset in it; nil for what lies in memory as a whole.
    func piece(at offset: UInt64) -> (place: Location, offset: UInt64)? {
        if isRegister { return (self, offset) }
        guard isSplit else { return nil }
        var start: UInt64 = 0
        var place: [Operation] = []
        for operation in operations {
            guard operation.code == Code.piece else {
                // Pieces of bits have no place of their own here.
                if operation.code == Code.bitPiece { return nil }
                place.append(operation)
                continue
            }
            let (end, overflows) = start.addingReportingOverflow(operation.first)
            if overflows { return nil }
            if offset < end { return place.isEmpty ? nil : (Location(operations: place), offset - start) }
            (start, place) = (end, [])
        }
        return nil
    }

    /// Whether it is a register.
    var isRegister: Bool {
        guard operations.count == 1, let code = operations.first?.code else { return false }
        return Code.registers.contains(code) || code == Code.register
    }
}

/// `DW_OP_…`: DWARF 5, table 7.9.
private enum Code {
    static let registers: ClosedRange<UInt8> = 0x50...0x6F
    static let register: UInt8 = 0x90
    static let piece: UInt8 = 0x93
    static let bitPiece: UInt8 = 0x9D
}
