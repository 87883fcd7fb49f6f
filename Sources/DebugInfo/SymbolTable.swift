import CElfutils
import Glibc

/// A function of an ELF symbol table.
public struct Symbol: Sendable, Hashable {
    /// The name, mangled in C++, without a version.
    public var name: String
    /// The address in the file's own address space.
    public var address: UInt64
    /// The size in bytes; 0 where the assembler gave none.
    public var size: UInt64
    /// Whether other binaries can link to it (global, weak or unique).
    public var isExported: Bool
    /// Whether it is a function; not data, and not an indirect function, whose code only chooses another (stap
    /// does not probe those either).
    public var isFunction: Bool
}

/// The defined functions and objects of a binary's symbol tables, findable by name and by address.
public struct SymbolTable: Sendable {
    /// All symbols, in the order of their addresses.
    public private(set) var symbols: [Symbol] = []
    /// Whether a whole `.symtab` was read, not the dynamic symbols alone.
    public private(set) var isFull = false
    private var byName: [String: Int] = [:]

    init(_ elf: ELFHandle) {
        let sections = elf.sections()
        let full = sections.first {
            $0.header.sh_type == UInt32(SHT_SYMTAB) && elf_getdata($0.section, nil)?.pointee.d_buf != nil
        }
        guard let table = full ?? sections.first(where: { $0.header.sh_type == UInt32(SHT_DYNSYM) }) else {
            return
        }
        isFull = full != nil
        read(table.section, table.header, elf)
        index()
    }

    /// The symbol of a name, the exported one where several share it.
    public func symbol(named name: String) -> Symbol? { byName[name].map { symbols[$0] } }

    /// The function whose bytes hold an address, or that starts at it.
    public func function(at address: UInt64) -> Symbol? {
        var low = 0
        var high = symbols.count
        while low < high {
            let middle = (low + high) / 2
            if symbols[middle].address <= address { low = middle + 1 } else { high = middle }
        }
        // Aliases and data may lie between; a few steps back suffice.
        for candidate in symbols[max(0, low - 16)..<low].reversed() where candidate.isFunction {
            if address == candidate.address || address &- candidate.address < candidate.size {
                return candidate
            }
        }
        return nil
    }

    /// The functions that a pattern names.
    func functions(named pattern: Glob) -> [Symbol] {
        if pattern.isPattern { return symbols.filter { $0.isFunction && pattern.matches($0.name) } }
        return symbol(named: pattern.text).map { $0.isFunction ? [$0] : [] } ?? []
    }

    /// The functions that start at an address: aliases of each other.
    func functions(startingAt address: UInt64) -> [Symbol] {
        var low = 0
        var high = symbols.count
        while low < high {
            let middle = (low + high) / 2
            if symbols[middle].address < address { low = middle + 1 } else { high = middle }
        }
        return symbols[low...].prefix { $0.address == address }.filter(\.isFunction)
    }

    mutating func merge(_ other: SymbolTable) {
        guard other.isFull else { return }
        self = other
    }

    private mutating func read(_ section: OpaquePointer, _ header: GElf_Shdr, _ elf: ELFHandle) {
        guard let data = elf_getdata(section, nil), header.sh_entsize > 0 else { return }
        let bases = elf.sectionBases
        let count = min(Int(clamping: header.sh_size / header.sh_entsize), Int(Int32.max) - 1)
        // Names may share an end, but not so that together they are much more than the file.
        var room = Int(clamping: elf.size) * 8
        for index in 0..<count where room > 0 {
            var entry = GElf_Sym()
            guard gelf_getsym(data, Int32(index), &entry) != nil else { break }
            let type = entry.st_info & 15
            let binding = entry.st_info >> 4
            // NOTYPE, OBJECT, FUNC and GNU_IFUNC that are defined here.
            guard type <= 2 || type == 10, entry.st_shndx != 0, entry.st_shndx < 0xFF00,
                entry.st_value != 0 || bases != nil,
                let name = elf_strptr(elf.elf, Int(header.sh_link), Int(entry.st_name)), name.pointee != 0
            else { continue }
            let text = String(cString: name)
            room -= text.utf8.count
            let base = bases.map { $0[Int(entry.st_shndx)] ?? 0 } ?? 0
            symbols.append(
                Symbol(
                    name: text, address: entry.st_value &+ base, size: entry.st_size,
                    isExported: binding == 1 || binding == 2 || binding == 10,
                    isFunction: type == 2))
        }
    }

    private mutating func index() {
        // Aliases stay in the table's order, in which stap takes the first.
        let table = symbols
        symbols = table.indices.sorted { (table[$0].address, $0) < (table[$1].address, $1) }.map { table[$0] }
        byName.reserveCapacity(symbols.count)
        for (position, symbol) in symbols.enumerated() {
            if let known = byName[symbol.name], symbols[known].isExported || !symbol.isExported { continue }
            byName[symbol.name] = position
        }
        // `f@VERSION` is found as `f` too, where there is no other.
        for (position, symbol) in symbols.enumerated() where symbol.name.utf8.contains(UInt8(ascii: "@")) {
            let name = Self.withoutVersion(symbol.name)
            if byName[name] == nil { byName[name] = position }
        }
    }

    /// The name before a version.
    static func withoutVersion(_ name: String) -> String {
        name.utf8.firstIndex(of: UInt8(ascii: "@")).map { String(name[..<$0]) } ?? name
    }
}
