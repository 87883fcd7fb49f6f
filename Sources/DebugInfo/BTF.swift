/// The kernel's own description of its types (Documentation/bpf/btf.rst): `/sys/kernel/btf/vmlinux`.
public final class BTF {
    private let bytes: [UInt8]
    private let stringsStart: Int
    private let stringsEnd: Int
    /// Where each type's entry stands; the types of `base` come before them, from 1.
    private let offsets: [Int]
    private let firstID: Int
    private let firstString: Int
    private let base: BTF?

    /// Reads a file; nil where it is none or damaged.
    ///
    /// A module's file continues `base`, the kernel's.
    public init?(path: String, base: BTF? = nil) {
        // 128 MB: the largest kernels have about 10.
        guard let bytes = SmallFile.read(path, limit: 128 << 20), bytes.count >= 24,
            bytes[0] == 0x9F, bytes[1] == 0xEB
        else { return nil }
        func word(_ at: Int) -> Int { Self.word(bytes, at) }
        let header = word(4)
        let types = header + word(8)
        let end = types + word(12)
        stringsStart = header + word(16)
        stringsEnd = stringsStart + word(20)
        guard types <= end, end <= bytes.count, stringsEnd <= bytes.count else { return nil }
        var offsets: [Int] = []
        var offset = types
        while offset + 12 <= end {
            offsets.append(offset)
            let info = word(offset + 4)
            guard let extra = Self.extraBytes(kind: info >> 24 & 31, count: info & 0xFFFF) else { return nil }
            offset += 12 + extra
        }
        guard offset == end else { return nil }
        self.bytes = bytes
        self.offsets = offsets
        self.base = base
        firstID = base.map { $0.firstID + $0.offsets.count } ?? 1
        firstString = base.map { $0.stringsEnd - $0.stringsStart + $0.firstString } ?? 0
    }

    /// The descriptions of modules in a folder (`/sys/kernel/btf`), by the files' names.
    public static func modules(in folder: String, continuing base: BTF) -> [BTF] {
        SmallFile.names(in: folder).filter { $0 != "vmlinux" }
            .compactMap { BTF(path: "\(folder)/\($0)", base: base) }
    }

    /// The names of the tracepoints: the kernel defines a type `btf_trace_NAME` for each.
    public lazy var tracepoints: Set<String> = {
        var found: Set<String> = []
        for offset in offsets where kind(at: offset) == 8 {
            let name = string(Self.word(bytes, offset))
            if name.hasPrefix("btf_trace_") { found.insert(String(name.dropFirst(10))) }
        }
        return found
    }()

    /// The parameters of a tracepoint; nil where the function that has their names is not described.
    public func parameters(ofTracepoint name: String) -> [(name: String, type: BTFType)]? {
        let wanted = "__traceiter_\(name)"
        guard
            let offset = offsets.first(where: { kind(at: $0) == 12 && string(Self.word(bytes, $0)) == wanted }
            ),
            case let prototype = Self.word(bytes, offset + 8), let (owner, place) = entry(prototype),
            owner.kind(at: place) == 13
        else { return nil }
        let count = Self.word(owner.bytes, place + 4) & 0xFFFF
        // The first is the probe's own `__data`.
        return (0..<count).dropFirst().map { number in
            let parameter = place + 12 + 8 * number
            return (
                owner.string(Self.word(owner.bytes, parameter)),
                BTFType(btf: self, id: Self.word(owner.bytes, parameter + 4))
            )
        }
    }

    // MARK: Entries

    func entry(_ id: Int) -> (BTF, Int)? {
        if id < firstID { return base?.entry(id) }
        return id - firstID < offsets.count ? (self, offsets[id - firstID]) : nil
    }

    func kind(at offset: Int) -> Int { Self.word(bytes, offset + 4) >> 24 & 31 }

    func name(at offset: Int) -> String { string(Self.word(bytes, offset)) }

    /// The size, or the number of the type that it refers to.
    func reference(at offset: Int) -> Int { Self.word(bytes, offset + 8) }

    func elementType(at offset: Int) -> Int { Self.word(bytes, offset + 12) }

    func members(at offset: Int) -> [(name: String, type: Int, bit: Int, width: Int)] {
        let info = Self.word(bytes, offset + 4)
        // With the flag a member's place has its width as a bit-field in the highest byte.
        let hasWidths = info >> 31 & 1 == 1
        return (0..<info & 0xFFFF).map { number in
            let member = offset + 12 + 12 * number
            let place = Self.word(bytes, member + 8)
            return (
                string(Self.word(bytes, member)), Self.word(bytes, member + 4),
                hasWidths ? place & 0xFFFFFF : place, hasWidths ? place >> 24 : 0
            )
        }
    }

    /// What follows the 12 bytes of an integer or an array: encoding, or element, index and count.
    func word(at offset: Int, _ number: Int) -> Int { Self.word(bytes, offset + 12 + 4 * number) }

    /// Whether an enumeration has negative values.
    func isSignedEnumeration(at offset: Int) -> Bool { Self.word(bytes, offset + 4) >> 31 & 1 == 1 }

    /// The type of a struct of the kernel.
    public func structure(named name: String) -> BTFType? {
        for (number, offset) in offsets.enumerated()
        where kind(at: offset) == 4 && self.name(at: offset) == name {
            return BTFType(btf: self, id: firstID + number)
        }
        return nil
    }

    private func string(_ offset: Int) -> String {
        if offset < firstString { return base?.string(offset) ?? "" }
        let start = stringsStart + offset - firstString
        guard start < stringsEnd else { return "" }
        return String(decoding: bytes[start..<stringsEnd].prefix { $0 != 0 }, as: UTF8.self)
    }

    private static func word(_ bytes: [UInt8], _ at: Int) -> Int {
        Int(bytes[at]) | Int(bytes[at + 1]) << 8 | Int(bytes[at + 2]) << 16 | Int(bytes[at + 3]) << 24
    }

    /// What follows an entry's 12 bytes; nil for a kind that is not known.
    private static func extraBytes(kind: Int, count: Int) -> Int? {
        switch kind {
        case 1, 14, 17: 4
        case 2, 7, 8, 9, 10, 11, 12, 16, 18: 0
        case 3: 12
        case 4, 5, 15, 19: 12 * count
        case 6, 13: 8 * count
        default: nil
        }
    }
}

/// A type of the kernel.
public struct BTFType {
    let btf: BTF
    let id: Int

    /// What it is, without typedefs and qualifiers.
    public enum Kind: Sendable {
        /// A number, an enumeration or nothing (`void`).
        case plain
        /// A pointer.
        case pointer
        /// An array.
        case array
        /// A struct or union with its members.
        case aggregate
        /// A struct or union that is only declared.
        case incomplete
    }

    /// Chains of typedefs, qualifiers or anonymous members longer than this are a cycle.
    static let maximumDepth = 64

    /// What it is.
    public var kind: Kind {
        guard let (owner, offset) = resolved else { return .plain }
        switch owner.kind(at: offset) {
        case 2: return .pointer
        case 3: return .array
        case 4, 5: return .aggregate
        case 7: return .incomplete
        default: return .plain
        }
    }

    /// What a pointer points to or an array consists of.
    public var target: BTFType? {
        guard let (owner, offset) = resolved else { return nil }
        switch owner.kind(at: offset) {
        case 2: return BTFType(btf: btf, id: owner.reference(at: offset))
        case 3: return BTFType(btf: btf, id: owner.elementType(at: offset))
        default: return nil
        }
    }

    /// A member of a struct or union.
    public struct Member {
        /// The type.
        public var type: BTFType
        /// The bits from the start of the aggregate that it was looked up in.
        public var bit: Int
        /// The bits that a bit-field takes; 0 for every other.
        public var width: Int
    }

    /// A member, those of anonymous members too.
    public func member(named name: String) -> Member? { member(named: name, depth: 0) }

    /// The bytes of a value; nil for void, functions and what is only declared.
    public var size: Int? { size(depth: 0) }

    private func size(depth: Int) -> Int? {
        guard depth < Self.maximumDepth, let (owner, offset) = resolved else { return nil }
        switch owner.kind(at: offset) {
        case 1, 4, 5, 6, 15, 16, 19: return owner.reference(at: offset)
        case 2: return 8
        case 3:
            guard let element = target?.size(depth: depth + 1) else { return nil }
            let (size, overflow) = element.multipliedReportingOverflow(by: owner.word(at: offset, 2))
            return overflow ? nil : size
        default: return nil
        }
    }

    /// Whether it is a number with a sign.
    public var isSigned: Bool {
        guard let (owner, offset) = resolved else { return false }
        switch owner.kind(at: offset) {
        case 1: return owner.word(at: offset, 0) >> 24 & 1 == 1
        case 6, 19: return owner.isSignedEnumeration(at: offset)
        default: return false
        }
    }

    /// The names of the members.
    public var memberNames: [String] { memberNames(depth: 0) }

    /// What it is, for messages: `struct task_struct`.
    public var description: String {
        guard let (owner, offset) = resolved else { return "void" }
        let name = owner.name(at: offset)
        switch owner.kind(at: offset) {
        case 2: return "\(target?.description ?? "void")*"
        case 3: return "\(target?.description ?? "void")[]"
        case 4: return name.isEmpty ? "struct" : "struct \(name)"
        case 5: return name.isEmpty ? "union" : "union \(name)"
        case 6, 19: return name.isEmpty ? "enum" : "enum \(name)"
        case 7: return "struct \(name)"
        case 13: return "function"
        default: return name
        }
    }

    private func member(named name: String, depth: Int) -> Member? {
        guard depth < Self.maximumDepth, kind == .aggregate, let (owner, offset) = resolved else {
            return nil
        }
        for member in owner.members(at: offset) {
            let type = BTFType(btf: btf, id: member.type)
            if member.name == name { return Member(type: type, bit: member.bit, width: member.width) }
            if member.name.isEmpty, var found = type.member(named: name, depth: depth + 1) {
                found.bit += member.bit
                return found
            }
        }
        return nil
    }

    private func memberNames(depth: Int) -> [String] {
        guard depth < Self.maximumDepth, kind == .aggregate, let (owner, offset) = resolved else { return [] }
        return owner.members(at: offset).flatMap { member in
            member.name.isEmpty
                ? BTFType(btf: btf, id: member.type).memberNames(depth: depth + 1) : [member.name]
        }
    }

    /// The entry behind typedefs and qualifiers.
    private var resolved: (BTF, Int)? {
        var current = id
        for _ in 0..<Self.maximumDepth {
            guard let (owner, offset) = btf.entry(current) else { return nil }
            switch owner.kind(at: offset) {
            case 8, 9, 10, 11, 18: current = owner.reference(at: offset)
            default: return (owner, offset)
            }
        }
        return nil
    }
}
