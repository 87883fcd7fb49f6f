/// How a variable's type lies in memory, written out: what a pointer points to, without type definitions.
public struct TypeLayout: Sendable, Equatable {
    /// A member of a struct, class or union.
    public struct Field: Sendable, Equatable {
        /// Its name; empty for what an anonymous struct or union and a base class are.
        public var name: String
        /// Its type's name.
        public var type: String
        /// The bytes before it.
        public var offset: UInt64
        /// Its bytes, where they are known.
        public var size: UInt64?
        /// How many bits it has, and the first of them, counted from the start of the whole.
        public var bits: Member.BitField?
        /// How many anonymous structs and unions it lies in.
        public var depth: Int
    }

    /// The type that is laid out, without the pointers before it.
    public var type: String
    /// Its bytes, where they are known.
    public var size: UInt64?
    /// Its members, those of anonymous ones behind them; none for numbers.
    public var fields: [Field] = []
    /// The constants of an enumeration.
    public var constants: [(name: String, value: Int64)] = []

    /// Chains of pointers and anonymous types longer than this come from damaged files.
    private static let maximumDepth = 32

    /// Lays a type out.
    public init(_ type: DWARFType) {
        var whole = type.unqualified
        for _ in 0..<Self.maximumDepth {
            guard let next = whole, [.pointer, .reference, .rvalueReference, .array].contains(next.kind),
                let target = next.target?.unqualified
            else { break }
            whole = target
        }
        let laidOut = whole?.completed ?? whole
        self.type = laidOut?.description ?? type.description
        size = laidOut?.size
        guard let laidOut else { return }
        if laidOut.kind == .enumeration { constants = laidOut.enumerators }
        add(laidOut, offset: 0, depth: 0)
    }

    private mutating func add(_ type: DWARFType, offset: UInt64, depth: Int) {
        guard depth < Self.maximumDepth, fields.count < 65_536 else { return }
        for member in type.members {
            var bits = member.bitField
            bits?.offset &+= offset &* 8
            fields.append(
                Field(
                    name: member.name ?? "", type: member.type?.description ?? "void",
                    offset: offset &+ member.offset, size: member.type?.size, bits: bits, depth: depth))
            if member.name == nil, let inner = member.type?.unqualified, inner.isAggregate {
                add(inner, offset: offset &+ member.offset, depth: depth + 1)
            }
        }
    }

    /// The layout as lines: `+8 size_t len; (8 bytes)`.
    public var lines: [String] {
        var lines = ["\(type)\(size.map { ", \($0) byte\($0 == 1 ? "" : "s")" } ?? "")"]
        let width = String(fields.map(\.offset).max() ?? 0).count
        for field in fields {
            let number = String(field.offset)
            var line = String(repeating: " ", count: width - min(width, number.count)) + "+\(number) "
            line += String(repeating: "  ", count: field.depth) + field.type
            if !field.name.isEmpty { line += " \(field.name)" }
            if let bits = field.bits {
                line += ":\(bits.width) (bit \(bits.offset))"
            } else if let size = field.size {
                line += " (\(size))"
            }
            lines.append("  " + line)
        }
        for constant in constants { lines.append("  \(constant.name) = \(constant.value)") }
        return lines
    }

    /// Whether both are written alike.
    public static func == (left: TypeLayout, right: TypeLayout) -> Bool {
        left.lines == right.lines
    }
}
