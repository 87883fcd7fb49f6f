import CElfutils
import Glibc

/// A member of a struct, class or union.
public struct Member {
    /// Which bits of the aggregate a bit-field takes, counted from its first byte's lowest bit.
    public struct BitField: Sendable, Hashable {
        /// The first bit.
        public var offset: UInt64
        /// How many.
        public var width: UInt64
        /// Whether DWARF says so by `DW_AT_data_bit_offset`, as since DWARF 5, and not by a storage unit.
        public var countsFromStart: Bool

        /// Creates one.
        public init(offset: UInt64, width: UInt64, countsFromStart: Bool = false) {
            self.offset = offset
            self.width = width
            self.countsFromStart = countsFromStart
        }
    }

    /// The name; nil for an anonymous struct or union, whose members count as the outer's.
    public let name: String?
    /// The type.
    public let type: DWARFType?
    /// The bytes from the start of the aggregate it was looked up in.
    public internal(set) var offset: UInt64
    /// The bits, if it is a bit-field.
    public internal(set) var bitField: BitField?
    /// Whether it stands for a C++ base class.
    public let isBaseClass: Bool
}

extension DWARFType {
    /// The most members and nested aggregates that a lookup goes through; real ones stay far below.
    private static let lookupBudget = 200_000

    /// The non-static members and base classes in their order; of a declared type, those of its definition.
    public var members: [Member] {
        guard isAggregate, let type = completed else { return [] }
        return type.die.children.compactMap { type.member($0) }
    }

    /// What an entry below the type's stands for; nil where that is no member.
    private func member(_ entry: DIE) -> Member? {
        let isBase = entry.tag == DW_TAG_inheritance
        guard isBase || entry.tag == DW_TAG_member, !entry.isDeclaration, !entry.flag(DW_AT_external)
        else { return nil }
        let offset = Self.offset(of: entry)
        return Member(
            name: isBase ? nil : entry.name,
            type: entry.reference(DW_AT_type).map { DWARFType(dwarf: dwarf, die: $0) },
            offset: offset, bitField: Self.bitField(of: entry, offset: offset), isBaseClass: isBase)
    }

    /// The member of a name, also within anonymous structs and unions and, outer ones first, base classes.
    ///
    /// Its offset counts from the start of this type. Works on the type itself: see `unqualified`.
    public func member(named name: String) -> Member? {
        var budget = Self.lookupBudget
        return member(named: name, depth: 0, &budget)
    }

    /// The names that `member(named:)` would find, in their order.
    public var memberNames: [String] {
        var budget = Self.lookupBudget
        var names: [String] = []
        collectNames(into: &names, depth: 0, &budget)
        var known: Set<String> = []
        return names.filter { known.insert($0).inserted }
    }

    private func member(named name: String, depth: Int, _ budget: inout Int) -> Member? {
        guard depth < 64, isAggregate, let type = completed else { return nil }
        var bases: [Member] = []
        for entry in type.die.children {
            budget -= 1
            guard budget > 0 else { return nil }
            // The rest of an entry takes far longer to read than its name, and a struct may have hundreds of members.
            if let other = entry.namePointer, strcmp(other, name) != 0 { continue }
            guard let member = type.member(entry) else { continue }
            if member.isBaseClass {
                bases.append(member)
            } else if member.name != nil {
                return member
            } else if let inner = member.type?.unqualified?.member(named: name, depth: depth + 1, &budget) {
                return inner.moved(by: member.offset)
            }
        }
        for base in bases {
            if let inner = base.type?.unqualified?.member(named: name, depth: depth + 1, &budget) {
                return inner.moved(by: base.offset)
            }
        }
        return nil
    }

    private func collectNames(into names: inout [String], depth: Int, _ budget: inout Int) {
        guard depth < 64 else { return }
        for member in members {
            budget -= 1
            guard budget > 0 else { return }
            if let name = member.name {
                names.append(name)
                budget -= name.utf8.count / 64
            } else {
                member.type?.unqualified?.collectNames(into: &names, depth: depth + 1, &budget)
            }
        }
    }

    private static func offset(of die: DIE) -> UInt64 {
        if let constant = die.unsigned(DW_AT_data_member_location) { return constant }
        // Old compilers wrote the expression "plus n".
        if let location = die.location(DW_AT_data_member_location, at: 0),
            let operation = location.operations.first, Int(operation.code) == DW_OP_plus_uconst
        {
            return operation.first
        }
        return (die.unsigned(DW_AT_data_bit_offset) ?? 0) / 8
    }

    private static func bitField(of die: DIE, offset: UInt64) -> Member.BitField? {
        guard let width = die.unsigned(DW_AT_bit_size), width <= 1024 else { return nil }
        if let start = die.unsigned(DW_AT_data_bit_offset) {
            return .init(offset: start, width: width, countsFromStart: true)
        }
        // DWARF 3 counts from the highest bit of a storage unit.
        guard let start = die.unsigned(DW_AT_bit_offset), start <= 1024 else {
            return .init(offset: offset &* 8, width: width)
        }
        let unit =
            die.unsigned(DW_AT_byte_size) ?? die.reference(DW_AT_type)?.unsigned(DW_AT_byte_size) ?? 4
        guard unit <= 64, start + width <= unit * 8 else { return nil }
        return .init(offset: offset &* 8 &+ (unit * 8 - start - width), width: width)
    }
}

extension Member {
    fileprivate func moved(by bytes: UInt64) -> Member {
        var copy = self
        copy.offset = offset &+ bytes
        copy.bitField?.offset &+= bytes &* 8
        return copy
    }
}
