import CElfutils
import Glibc

/// A type of the traced program; it reads its parts from the DWARF when they are asked for.
public struct DWARFType {
    /// What kind of type it is.
    public enum Kind: Sendable, Hashable {
        /// A number, character or truth value.
        case base(Encoding)
        /// A pointer; `target` is what it points to, nil for `void *`.
        case pointer
        /// A C++ reference.
        case reference
        /// A C++ rvalue reference.
        case rvalueReference
        /// A struct.
        case structure
        /// A C++ class.
        case `class`
        /// A union.
        case union
        /// An enumeration.
        case enumeration
        /// An array; `target` is the element's type.
        case array
        /// Another name of `target`.
        case typedef
        /// `const`, `volatile`, `restrict` or `_Atomic` before `target`.
        case qualifier(Qualifier)
        /// A function; `target` is what it returns.
        case function
        /// A type without a description, such as `decltype(nullptr)`, or one that is not supported.
        case unspecified
    }

    /// How a base type's bytes are read.
    public enum Encoding: Sendable, Hashable {
        /// Two's complement.
        case signed
        /// An unsigned integer.
        case unsigned
        /// A signed character.
        case signedCharacter
        /// An unsigned character.
        case unsignedCharacter
        /// A UTF-8, -16 or -32 code unit.
        case utf
        /// A truth value.
        case boolean
        /// Floating point.
        case floatingPoint
        /// Anything else.
        case other
    }

    /// A type qualifier.
    public enum Qualifier: String, Sendable, Hashable {
        /// `const`.
        case const
        /// `volatile`.
        case volatile
        /// `restrict`.
        case restrict
        /// `_Atomic`.
        case atomic = "_Atomic"
    }

    let dwarf: DWARF
    let die: DIE

    /// The offset of its entry in the DWARF; equal types of two units have two.
    public var id: UInt64 { die.offset }

    /// What kind of type it is.
    public var kind: Kind {
        switch die.tag {
        case DW_TAG_base_type: .base(encoding)
        case DW_TAG_pointer_type: .pointer
        case DW_TAG_reference_type: .reference
        case DW_TAG_rvalue_reference_type: .rvalueReference
        case DW_TAG_structure_type: .structure
        case DW_TAG_class_type: .class
        case DW_TAG_union_type: .union
        case DW_TAG_enumeration_type: .enumeration
        case DW_TAG_array_type: .array
        case DW_TAG_typedef: .typedef
        case DW_TAG_const_type: .qualifier(.const)
        case DW_TAG_volatile_type: .qualifier(.volatile)
        case DW_TAG_restrict_type: .qualifier(.restrict)
        case DW_TAG_atomic_type: .qualifier(.atomic)
        case DW_TAG_subroutine_type: .function
        default: .unspecified
        }
    }

    /// The name in the source, without `struct`; nil for an anonymous or derived type.
    public var name: String? { die.name }

    /// What it points to, holds, stands for or returns; nil for void.
    public var target: DWARFType? { die.reference(DW_AT_type).map { DWARFType(dwarf: dwarf, die: $0) } }

    /// Without type definitions and qualifiers; nil for void and for a cycle of them.
    public var unqualified: DWARFType? {
        var current = self
        for _ in 0..<64 {
            switch current.kind {
            case .typedef, .qualifier:
                guard let next = current.target else { return nil }
                current = next
            default: return current
            }
        }
        return nil
    }

    /// Whether it is a struct, class or union.
    public var isAggregate: Bool {
        switch kind {
        case .structure, .class, .union: true
        default: false
        }
    }

    /// Whether it is only declared in its unit (`struct s;`).
    public var isDeclaration: Bool { die.isDeclaration }

    /// The definition of a type that is only declared here, from whichever unit has it; else itself.
    public var completed: DWARFType? {
        guard isDeclaration, let name else { return self }
        guard let keyword = TypeKeyword(tag: die.tag) else { return self }
        return dwarf.type(named: name, keyword, near: die.unit)
    }

    /// The size in bytes, where it is known.
    public var size: UInt64? { size(depth: 0) }

    /// The number of elements of each dimension of an array, nil where it is not fixed.
    public var bounds: [UInt64?] {
        die.children.filter { $0.tag == DW_TAG_subrange_type || $0.tag == DW_TAG_enumeration_type }.map {
            range in
            if let count = range.unsigned(DW_AT_count) { return count }
            guard let upper = range.signed(DW_AT_upper_bound), upper >= -1 else { return nil }
            let lower = range.signed(DW_AT_lower_bound) ?? 0
            let (distance, overflow) = upper.subtractingReportingOverflow(lower)
            return overflow || distance < -1 || distance == .max ? nil : UInt64(distance + 1)
        }
    }

    /// The constants of an enumeration, in their order.
    public var enumerators: [(name: String, value: Int64)] {
        die.children.compactMap { child in
            guard child.tag == DW_TAG_enumerator, let name = child.name else { return nil }
            return (name, child.signed(DW_AT_const_value) ?? 0)
        }
    }

    /// Whether an enumeration's values are said to have no sign.
    public var isUnsignedEnumeration: Bool {
        Int(clamping: die.unsigned(DW_AT_encoding) ?? 0) == DW_ATE_unsigned
    }

    /// The parameters' types of a function; nil stands for void.
    public var parameters: [DWARFType?] {
        die.children.filter { $0.tag == DW_TAG_formal_parameter }.map { child in
            child.reference(DW_AT_type).map { DWARFType(dwarf: dwarf, die: $0) }
        }
    }

    /// Whether a function takes further arguments (`...`).
    public var isVariadic: Bool { die.children.contains { $0.tag == DW_TAG_unspecified_parameters } }

    private var encoding: Encoding {
        switch Int(clamping: die.unsigned(DW_AT_encoding) ?? 0) {
        case DW_ATE_signed: .signed
        case DW_ATE_unsigned: .unsigned
        case DW_ATE_signed_char: .signedCharacter
        case DW_ATE_unsigned_char: .unsignedCharacter
        case DW_ATE_UTF: .utf
        case DW_ATE_boolean: .boolean
        case DW_ATE_float: .floatingPoint
        default: .other
        }
    }

    private func size(depth: Int) -> UInt64? {
        guard depth < 64 else { return nil }
        if let size = die.unsigned(DW_AT_byte_size) { return size }
        switch kind {
        case .pointer, .reference, .rvalueReference: return 8
        case .typedef, .qualifier: return target?.size(depth: depth + 1)
        case .array:
            guard var total = target?.size(depth: depth + 1) else { return nil }
            for bound in bounds {
                guard let bound else { return nil }
                let (product, overflow) = total.multipliedReportingOverflow(by: bound)
                guard !overflow else { return nil }
                total = product
            }
            return total
        default:
            return isDeclaration
                ? completed.flatMap { $0.isDeclaration ? nil : $0.size(depth: depth + 1) } : nil
        }
    }
}
