/// An argument of a static mark: an assembler operand, and how its value is read.
public struct MarkArgument: Sendable, Hashable, Codable {
    /// Where the value is.
    public enum Operand: Sendable, Hashable, Codable {
        /// It is this number, as the operand's width and sign make it.
        case constant(Int64)
        /// In a register, or in a part of one.
        case register(Register)
        /// In memory, at base + index × scale + displacement.
        case memory(base: Register, index: Register?, scale: Int, displacement: Int64)
        /// In memory at a fixed address of the file's own address space.
        case address(UInt64)
        /// Nobody can read it: segment registers, symbols that the file does not have.
        case unsupported
    }

    /// A general register of x86-64 or the part of one that an assembler's name stands for.
    public struct Register: Sendable, Hashable, Codable {
        /// The register's number in DWARF.
        public var number: Int
        /// The bits that the name stands for.
        public var width: Int
        /// How far they lie above the lowest bit: 8 for `%ah`.
        public var shift: Int

        /// Creates a register or a part of one.
        public init(number: Int, width: Int, shift: Int) {
            self.number = number
            self.width = width
            self.shift = shift
        }
    }

    /// The operand as it is written.
    public var text: String
    /// The width of the value in bytes.
    public var size: Int
    /// Whether the value has a sign.
    public var isSigned: Bool
    /// Where the value is.
    public var operand: Operand

    /// Parses the arguments of a mark: `SIZE@OPERAND` between blanks, the size negative for signed ones.
    ///
    /// Assembler sources may leave sizes out; stap then takes unsigned words.
    static func parse(_ text: String, symbols: SymbolTable) -> [MarkArgument] {
        text.split(separator: " ").map { MarkArgument(String($0), symbols) }
    }

    init(_ text: String, _ symbols: SymbolTable) {
        var operand = text
        size = 8
        isSigned = false
        if let at = text.firstIndex(of: "@") {
            // An `f` behind the size marks floating point.
            let precision = Int(text[..<at].prefix { $0 != "f" }) ?? 8
            size = [1, 2, 4, 8].contains(abs(precision)) ? abs(precision) : 8
            isSigned = precision < 0
            operand = String(text[text.index(after: at)...])
        }
        self.text = operand
        self.operand = Self.parse(operand, symbols)
        if case .constant(let value) = self.operand {
            self.operand = .constant(value.truncated(toBytes: UInt64(size), isSigned: isSigned))
        }
    }

    private static func parse(_ text: String, _ symbols: SymbolTable) -> Operand {
        if let first = text.first, "$i#".contains(first) {
            let number = text.dropFirst()
            return Int64(number).map { .constant($0) }
                ?? UInt64(number).map { .constant(Int64(bitPattern: $0)) } ?? .unsupported
        }
        if let register = Register(text) { return .register(register) }
        guard text.hasSuffix(")"), let open = text.firstIndex(of: "(") else {
            return symbol(text, symbols)
        }
        let parts = text[text.index(after: open)...].dropLast().split(
            separator: ",", omittingEmptySubsequences: false
        ).map(String.init)
        let before = String(text[..<open])
        if parts == ["%rip"] { return symbol(before, symbols) }
        guard let displacement = sum(before), let base = parts.first.flatMap({ Register($0) }),
            parts.count <= 3
        else { return .unsupported }
        var index: Register?
        var scale = 1
        if parts.count > 1 {
            guard let register = Register(parts[1]) else { return .unsupported }
            index = register
        }
        if parts.count > 2 {
            guard let factor = Int(parts[2]), [1, 2, 4, 8].contains(factor) else { return .unsupported }
            scale = factor
        }
        return .memory(base: base, index: index, scale: scale, displacement: displacement)
    }

    /// `NUMBER+NAME+NUMBER`, each number as it likes.
    private static func symbol(_ text: String, _ symbols: SymbolTable) -> Operand {
        let parts = text.split(separator: "+", omittingEmptySubsequences: false)
        guard let position = parts.firstIndex(where: { Int64($0) == nil }), parts.count <= 3,
            let symbol = symbols.symbol(named: String(parts[position]))
        else { return .unsupported }
        var address = symbol.address
        for (number, part) in parts.enumerated() where number != position {
            guard let offset = UInt64(part) else { return .unsupported }
            address &+= offset
        }
        return .address(address)
    }

    /// Up to three numbers with signs: `-16`, `8-4`; nothing is 0.
    private static func sum(_ text: String) -> Int64? {
        var total: Int64 = 0
        var rest = Substring(text)
        while let first = rest.first {
            var term = String(rest.removeFirst())
            while let next = rest.first, !"+-".contains(next) { term.append(rest.removeFirst()) }
            guard let number = Int64(first == "+" ? String(term.dropFirst()) : term) else { return nil }
            total &+= number
        }
        return total
    }
}

extension MarkArgument.Register {
    /// Reads `%rax`, `%eax`, `%ax`, `%al`, `%ah`, `%r8`, `%r8d`, `%r8w`, `%r8b`.
    init?(_ text: String) {
        guard text.first == "%" else { return nil }
        let name = String(text.dropFirst())
        if name.hasPrefix("r"), let number = Int(name.dropFirst().prefix { $0.isNumber }),
            (8...15).contains(number)
        {
            let widths = ["": 64, "d": 32, "w": 16, "b": 8]
            guard let width = widths[String(name.dropFirst().drop { $0.isNumber })] else { return nil }
            self.init(number: number, width: width, shift: 0)
            return
        }
        // In the order of DWARF's numbers (System V ABI for AMD64, figure 3.36).
        let families = ["ax", "dx", "cx", "bx", "si", "di", "bp", "sp"]
        for (number, family) in families.enumerated() {
            let low = number < 4 ? "\(family.first ?? "a")l" : "\(family)l"
            switch name {
            case "r\(family)": self.init(number: number, width: 64, shift: 0)
            case "e\(family)": self.init(number: number, width: 32, shift: 0)
            case family: self.init(number: number, width: 16, shift: 0)
            case low: self.init(number: number, width: 8, shift: 0)
            case "\(family.first ?? "a")h" where number < 4: self.init(number: number, width: 8, shift: 8)
            default: continue
            }
            return
        }
        return nil
    }
}
