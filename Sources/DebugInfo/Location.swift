import CElfutils
import Glibc

/// How to find a variable's value: a DWARF expression (DWARF 5, section 2.5).
public struct Location: Sendable, Hashable, Codable {
    /// One operation of the expression.
    public struct Operation: Sendable, Hashable, Codable {
        /// `DW_OP_…`.
        public var code: UInt8
        /// The first operand, or 0.
        public var first: UInt64
        /// The second operand, or 0.
        public var second: UInt64

        /// Creates an operation.
        public init(code: UInt8, first: UInt64, second: UInt64) {
            (self.code, self.first, self.second) = (code, first, second)
        }
    }

    /// The operations, in their order.
    public var operations: [Operation]

    /// Creates a location.
    public init(operations: [Operation]) { self.operations = operations }

    /// A place in the file's address space.
    static func address(_ address: UInt64) -> Location {
        Location(operations: [Operation(code: UInt8(DW_OP_addr), first: address, second: 0)])
    }

    /// A register, by its number in DWARF.
    public static func register(_ number: Int) -> Location {
        Location(operations: [Operation(code: UInt8(DW_OP_regx), first: UInt64(number), second: 0)])
    }

    /// The fixed address of a global or static variable.
    public var fixedAddress: UInt64? {
        guard operations.count == 1, Int(operations[0].code) == DW_OP_addr else { return nil }
        return operations[0].first
    }

    /// Whether it asks for a register's value at the function's entry (`DW_OP_entry_value`).
    public var needsEntryValue: Bool {
        operations.contains { [DW_OP_entry_value, DW_OP_GNU_entry_value].contains(Int($0.code)) }
    }

    /// Whether it is put together from pieces.
    public var isSplit: Bool {
        operations.contains { [DW_OP_piece, DW_OP_bit_piece].contains(Int($0.code)) }
    }
}

extension DIE {
    /// The location that an attribute gives at an address, or nil where it gives none there.
    func location(_ attribute: Int, at pc: UInt64) -> Location? {
        withAttribute(attribute) { value in
            var expression: UnsafeMutablePointer<Dwarf_Op>?
            var count = 0
            guard dwarf_getlocation_addr(value, pc, &expression, &count, 1) == 1, let expression, count > 0
            else { return nil }
            return Location(
                operations: UnsafeBufferPointer(start: expression, count: min(count, 4096)).map {
                    Location.Operation(code: $0.atom, first: $0.number, second: $0.number2)
                })
        }
    }

    /// The address ranges in which an attribute gives a location.
    func locationRanges(_ attribute: Int, limit: Int = 4096) -> [Range<UInt64>] {
        withAttribute(attribute) { value in
            var found: [Range<UInt64>] = []
            var base: Dwarf_Addr = 0
            var start: Dwarf_Addr = 0
            var end: Dwarf_Addr = 0
            var expression: UnsafeMutablePointer<Dwarf_Op>?
            var count = 0
            var cursor = dwarf_getlocations(value, 0, &base, &start, &end, &expression, &count)
            while cursor > 0, found.count < limit {
                if start < end, count > 0 { found.append(start..<end) }
                cursor = dwarf_getlocations(value, cursor, &base, &start, &end, &expression, &count)
            }
            return found
        } ?? []
    }
}
