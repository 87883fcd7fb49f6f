import DebugInfo
import Diagnostics

/// Takes a value apart as `$x$` and `$x$$` show it: stap's `dwarf_pretty_print` (tapsets.cxx).
///
/// `$` goes through pointers to the value itself and shows its members; of members that are aggregates only `$$`
/// shows more. Of an array there is the first element.
struct PrettyPrint {
    let start: TypedLoad.Start
    /// The expression in the script.
    let range: SourceRange
    /// Whether aggregates inside are shown too: `$$`.
    let isFull: Bool
    private(set) var pieces: [TextPiece] = []
    private var values = 0

    /// stap's limit for the arguments of a `sprintf`.
    private static let maximumValues = 32
    /// A chain of pointers or of aggregates inside each other longer than this is a cycle.
    private static let maximumDepth = 64

    init(from start: TypedLoad.Start, at range: SourceRange, depth: Int) {
        self.start = start
        self.range = range
        isFull = depth > 1
    }

    /// Shows the value of a type that a way leads to.
    mutating func show(_ type: DWARFType?, _ way: TypePath.Way, _ bitField: Member.BitField? = nil) {
        show(type, way, bitField, isTop: true, depth: 0)
    }

    private mutating func show(
        _ type: DWARFType?, _ way: TypePath.Way, _ bitField: Member.BitField?, isTop: Bool, depth: Int
    ) {
        guard depth < Self.maximumDepth, let type = type?.unqualified else { return add("?") }
        switch type.kind {
        case .base(.floatingPoint): add("?")
        case .base(.signedCharacter), .base(.unsignedCharacter), .base(.utf):
            add(type, way, bitField, .character, between: "'")
        case .base(.unsigned): add(type, way, bitField, .unsigned)
        case .base: add(type, way, bitField, .signed)
        case .enumeration: add(type, way, bitField, type.isUnsignedEnumeration ? .unsigned : .signed)
        case .pointer, .reference, .rvalueReference: pointer(type, way, isTop: isTop, depth: depth)
        case .array: array(type, way, isTop: isTop, depth: depth)
        case .structure, .class, .union: aggregate(type, way, isTop: isTop, depth: depth)
        case .function:
            add("<function>:")
            add(type, way, nil, .pointer)
        case .typedef, .qualifier, .unspecified: add("?")
        }
    }

    private mutating func pointer(_ type: DWARFType, _ way: TypePath.Way, isTop: Bool, depth: Int) {
        guard let target = type.target else { return add(type, way, nil, .pointer) }
        if target.isCharacter { return add(type, way, nil, .string) }
        guard isTop else { return add(type, way, nil, .pointer) }
        var way = way
        way.steps.append(.dereference)
        show(target, way, nil, isTop: true, depth: depth + 1)
    }

    private mutating func array(_ type: DWARFType, _ way: TypePath.Way, isTop: Bool, depth: Int) {
        guard isTop || isFull else { return add("[...]") }
        if type.target?.isCharacter == true { return add(type, way, nil, .string) }
        add("[")
        if values < Self.maximumValues {
            show(type.target, way, nil, isTop: false, depth: depth + 1)
            add(", ")
        }
        add("...]")
    }

    private mutating func aggregate(_ type: DWARFType, _ way: TypePath.Way, isTop: Bool, depth: Int) {
        guard isTop || isFull, let whole = type.completed, !whole.isDeclaration else { return add("{...}") }
        add("{")
        var count = 0
        members(of: whole, way, depth: depth, &count)
        add("}")
    }

    /// - Returns: Whether there was room for all.
    @discardableResult
    private mutating func members(
        of type: DWARFType, _ way: TypePath.Way, depth: Int, _ count: inout Int
    ) -> Bool {
        guard depth < Self.maximumDepth else { return false }
        for member in type.members {
            var inner = way
            inner.add(member.bitField.map { $0.offset / 8 } ?? member.offset)
            if member.isBaseClass {
                guard let base = member.type?.unqualified else { continue }
                if !members(of: base, inner, depth: depth + 1, &count) { return false }
                continue
            }
            if member.name?.hasPrefix("_vptr.") == true { continue }
            count += 1
            if count > 1 { add(", ") }
            guard values < Self.maximumValues else {
                add("...")
                return false
            }
            if let name = member.name {
                add(".\(name)=")
            } else {
                add(member.type?.unqualified?.kind == .union ? "<union>=" : "<class>=")
            }
            show(member.type, inner, member.bitField, isTop: false, depth: depth + 1)
        }
        return true
    }

    // MARK: - Pieces

    private mutating func add(_ text: String) {
        if case .literal(let before)? = pieces.last {
            pieces[pieces.count - 1] = .literal(before + text)
        } else {
            pieces.append(.literal(text))
        }
    }

    private mutating func add(
        _ type: DWARFType, _ way: TypePath.Way, _ bitField: Member.BitField?,
        _ conversion: TextPiece.Conversion,
        between quote: String = ""
    ) {
        let value = TypePath.value(of: type, bitField)
        guard value.isReadable else { return add("?") }
        if !quote.isEmpty { add(quote) }
        let load = TypedLoad(
            start: start, steps: way.steps, value: value, typeName: type.description, range: range)
        pieces.append(.value(load, conversion))
        values += 1
        if !quote.isEmpty { add(quote) }
    }
}

extension TypedLoad.Value {
    /// Whether stap reads values of this size.
    var isReadable: Bool {
        if case .integer(let size, _) = self { [1, 2, 4, 8].contains(size) } else { true }
    }
}

extension DWARFType {
    /// Whether a pointer to it points to a string, by stap's rule: the name of the type.
    fileprivate var isCharacter: Bool {
        guard let name = unqualified?.name else { return false }
        return ["char", "signed char", "unsigned char"].contains(name)
    }
}
