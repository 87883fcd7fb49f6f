import CElfutils
import Glibc

/// The defined functions and objects of a binary's symbol tables, findable by name and by address.
///
/// Names stay bytes until a symbol is handed out: large programs have hundreds of thousands, and few are asked for.
public struct SymbolTable: Sendable {
    private struct Entry {
        var address: UInt64
        var size: UInt64
        /// Where the name stands in `names`.
        var name: Range<UInt32>
        var isExported: Bool
        var isFunction: Bool
        /// Whether it is a function or an object that is loaded into memory.
        var isTyped: Bool
    }

    /// What stands between a name and its version.
    private static let versionMark = UInt8(ascii: "@")

    /// In the order of their addresses; aliases in the table's order, in which stap takes the first.
    private var entries: [Entry] = []
    private var names: [UInt8] = []
    /// Making the index costs as much as looking at all names some thirty times, and a recipe names few functions.
    private let index = Amortized<SymbolIndex>(after: 32)
    /// Whether a whole `.symtab` was read, not the dynamic symbols alone.
    public private(set) var isFull = false

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
        // Names were put in in the table's order.
        entries.sort { ($0.address, $0.name.lowerBound) < ($1.address, $1.name.lowerBound) }
    }

    /// All symbols, in the order of their addresses.
    public var symbols: [Symbol] { entries.map(symbol) }

    /// The symbol of a name, the exported one where several share it.
    public func symbol(named name: String) -> Symbol? {
        var name = name
        return name.withUTF8 { wanted in
            guard let index = index.value(madeBy: makeIndex) else { return search(wanted) }
            return index.first(hash: SymbolIndex.hash(wanted)) { number, isVersioned in
                self.name(of: entries[number], isVersioned: isVersioned) { Self.areEqual($0, wanted) }
            }
        }.map { symbol(entries[$0]) }
    }

    /// The number that the index would give: `f` before `f@VERSION`, and of several `f` the first exported one.
    private func search(_ wanted: UnsafeBufferPointer<UInt8>) -> Int? {
        var plain: Int?
        var versioned: Int?
        for (number, entry) in entries.enumerated() where entry.name.count >= wanted.count {
            if name(of: entry, isVersioned: false, { Self.areEqual($0, wanted) }) {
                if entry.isExported { return number }
                plain = plain ?? number
            } else if plain == nil, versioned == nil,
                name(of: entry, isVersioned: true, { Self.areEqual($0, wanted) })
            {
                versioned = number
            }
        }
        return plain ?? versioned
    }

    /// The function whose bytes hold an address, or that starts at it.
    public func function(at address: UInt64) -> Symbol? {
        let end = position { $0.address <= address }
        // Aliases and data may lie between; a few steps back suffice.
        for candidate in entries[max(0, end - 16)..<end].reversed() where candidate.isFunction {
            if address == candidate.address || address &- candidate.address < candidate.size {
                return symbol(candidate)
            }
        }
        return nil
    }

    /// What an address belongs to, as stap's runtime says it, where the symbol reaches that far.
    ///
    /// stap (`dump_symbol_tables` in translate.cxx, `_stp_kallsyms_lookup` in the runtime) keeps functions and objects
    /// in memory, of those at one address the last of the table, and takes the nearest one before, however far. In a
    /// stripped program, which keeps the symbols that it exports alone, most addresses would have the name of a function
    /// that they are not in.
    ///
    /// - Parameter address: In the file's own address space; behind a call that is a function's last instruction, the
    ///   function's end.
    /// - Returns: The place; nil where no symbol's size reaches. A symbol without a size reaches to the next one.
    public func place(of address: UInt64) -> SymbolPlace? {
        let end = position { $0.address <= address }
        guard let found = entries[..<end].last(where: \.isTyped),
            found.size == 0 || address - found.address <= found.size
        else { return nil }
        let next = entries[end...].first(where: \.isTyped)
        return SymbolPlace(
            name: symbol(found).name, offset: address - found.address,
            size: next.map { $0.address - found.address } ?? 0)
    }

    /// The functions that a pattern names.
    func functions(named pattern: Glob) -> [Symbol] {
        if pattern.isPattern {
            return entries.filter { entry in
                entry.isFunction && name(of: entry, isVersioned: false) { pattern.matches($0) }
            }.map(symbol)
        }
        return symbol(named: pattern.text).map { $0.isFunction ? [$0] : [] } ?? []
    }

    /// The functions that start at an address: aliases of each other.
    func functions(startingAt address: UInt64) -> [Symbol] {
        entries[position { $0.address < address }...].prefix { $0.address == address }.filter(\.isFunction)
            .map(symbol)
    }

    mutating func merge(_ other: SymbolTable) {
        guard other.isFull else { return }
        self = other
    }

    /// How many entries, from the first on, a condition on addresses holds for.
    private func position(_ holds: (Entry) -> Bool) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if holds(entries[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func symbol(_ entry: Entry) -> Symbol {
        Symbol(
            name: name(of: entry, isVersioned: false) { String(decoding: $0, as: UTF8.self) },
            address: entry.address, size: entry.size, isExported: entry.isExported,
            isFunction: entry.isFunction)
    }

    /// Calls `body` with the bytes of an entry's name, without its version where that is asked for.
    private func name<Value>(
        of entry: Entry, isVersioned: Bool, _ body: (UnsafeBufferPointer<UInt8>) -> Value
    ) -> Value {
        names.withUnsafeBufferPointer { names in
            let name = UnsafeBufferPointer(
                rebasing: names[Int(entry.name.lowerBound)..<Int(entry.name.upperBound)])
            guard isVersioned, let end = name.firstIndex(of: Self.versionMark) else { return body(name) }
            return body(UnsafeBufferPointer(rebasing: name[..<end]))
        }
    }

    private static func areEqual(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>)
        -> Bool
    {
        guard left.count == right.count else { return false }
        guard let first = left.baseAddress, let second = right.baseAddress else { return true }
        return memcmp(first, second, left.count) == 0
    }

    private mutating func read(_ section: OpaquePointer, _ header: GElf_Shdr, _ elf: ELFHandle) {
        guard let data = elf_getdata(section, nil), header.sh_entsize > 0 else { return }
        let bases = elf.sectionBases
        let loaded = Set(
            elf.sections().filter { $0.header.sh_flags & UInt64(SHF_ALLOC) != 0 }.map {
                elf_ndxscn($0.section)
            })
        let count = min(Int(clamping: header.sh_size / header.sh_entsize), Int(Int32.max) - 1)
        // Names may share an end, but not so that together they are much more than the file.
        let room = min(Int(clamping: elf.size) * 8, Int(Int32.max))
        // No symbol takes fewer bytes, whatever the header says.
        entries.reserveCapacity(min(count, data.pointee.d_size / MemoryLayout<Elf32_Sym>.size))
        for index in 0..<count where names.count < room {
            var entry = GElf_Sym()
            guard gelf_getsym(data, Int32(index), &entry) != nil else { break }
            let type = entry.st_info & 15
            let binding = entry.st_info >> 4
            // NOTYPE, OBJECT, FUNC and GNU_IFUNC that are defined here.
            guard type <= 2 || type == 10, entry.st_shndx != 0, entry.st_shndx < 0xFF00,
                entry.st_value != 0 || bases != nil,
                let name = elf_strptr(elf.elf, Int(header.sh_link), Int(entry.st_name)), name.pointee != 0
            else { continue }
            let start = UInt32(names.count)
            names.append(contentsOf: UnsafeRawBufferPointer(start: name, count: strlen(name)))
            guard let end = UInt32(exactly: names.count) else { break }
            let base = bases.map { $0[Int(entry.st_shndx)] ?? 0 } ?? 0
            entries.append(
                Entry(
                    address: entry.st_value &+ base, size: entry.st_size, name: start..<end,
                    isExported: binding == 1 || binding == 2 || binding == 10,
                    isFunction: type == 2,
                    isTyped: (type == 1 || type == 2) && loaded.contains(Int(entry.st_shndx))))
        }
    }

    private func makeIndex() -> SymbolIndex {
        var index = SymbolIndex(count: entries.count)
        for isVersioned in names.contains(Self.versionMark) ? [false, true] : [false] {
            for (number, entry) in entries.enumerated() {
                name(of: entry, isVersioned: isVersioned) { wanted in
                    // `f@VERSION` is found as `f` too, where there is no other.
                    if isVersioned, wanted.count == entry.name.count { return }
                    index.insert(number, isVersioned, hash: SymbolIndex.hash(wanted)) {
                        known, isKnownVersioned in
                        name(of: entries[known], isVersioned: isKnownVersioned) { Self.areEqual($0, wanted) }
                    } replacing: { known in
                        !isVersioned && !entries[known].isExported && entry.isExported
                    }
                }
            }
        }
        return index
    }

    /// The name before a version.
    static func withoutVersion(_ name: String) -> String {
        name.utf8.firstIndex(of: versionMark).map { String(name[..<$0]) } ?? name
    }
}
