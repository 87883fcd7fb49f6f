import CElfutils
import Glibc

/// Finds the units that can have an entry of a name, by the bytes of the DWARF, without reading its entries.
///
/// A name stands in `.debug_info` itself or as an offset into `.debug_str`, where it may be the end of a longer
/// string too; both are looked for as bytes. What is met by chance costs a unit's walk, and nothing else. Where
/// entries can have their names from elsewhere (string indexes, other units, dwz), there is no search.
struct NameSearch {
    private let info: ByteSearch
    private let strings: ByteSearch
    /// Where each unit's entries begin, as offsets in `info`.
    private let starts: [Int]

    /// A name's offsets beyond this number are looked for in one slower pass.
    private static let mostPasses = 6

    /// Prepares a search in the units; nil where it could miss some.
    init?(_ handle: DWARFHandle, units: [DIE]) {
        guard let first = units.first, let info = handle.elf.bytes(of: ".debug_info"),
            let base = info.baseAddress,
            UInt(bitPattern: base) &+ UInt(first.offset) == first.address,
            let abbreviations = handle.elf.bytes(of: ".debug_abbrev"),
            AbbreviationScan(abbreviations).namesAreLocal
        else { return nil }
        let start = UInt(bitPattern: base)
        guard units.allSatisfy({ $0.address >= start && $0.address < start + UInt(info.count) }) else {
            return nil
        }
        var length = 0
        if let strings = handle.elf.bytes(of: ".debug_str"), !strings.isEmpty {
            guard let text = dwarf_getstring(handle.dwarf, 0, &length),
                UnsafeRawPointer(text) == strings.baseAddress
            else { return nil }
            self.strings = ByteSearch(strings)
        } else {
            self.strings = ByteSearch(UnsafeRawBufferPointer(start: nil, count: 0))
        }
        self.info = ByteSearch(info)
        self.starts = units.map { Int($0.address - start) }
    }

    /// The numbers of the units that can have an entry of this name, ascending.
    func units(naming name: String) -> [Int] {
        let wanted = Array(name.utf8) + [0]
        var offsets: [UInt32] = []
        strings.search(wanted) { offset in
            if let offset = UInt32(exactly: offset) { offsets.append(offset) }
        }
        var found: Set<Int> = []
        let note = { (offset: Int) -> Void in
            let unit = lastStart(before: offset)
            if unit >= 0 { found.insert(unit) }
        }
        info.search(wanted, note)
        if offsets.count <= Self.mostPasses {
            for offset in offsets {
                info.search(withUnsafeBytes(of: offset.littleEndian) { Array($0) }, note)
            }
        } else {
            searchAll(offsets, note)
        }
        return found.sorted()
    }

    private func lastStart(before offset: Int) -> Int {
        var low = 0
        var high = starts.count
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle + 1 } else { high = middle }
        }
        return low - 1
    }

    /// Looks for any of many offsets at once.
    private func searchAll(_ offsets: [UInt32], _ found: (Int) -> Void) {
        let wanted = Set(offsets)
        var filter = [Bool](repeating: false, count: 1 << 16)
        for offset in offsets { filter[Int(offset & 0xFFFF)] = true }
        let info = info.bytes
        guard info.count >= 4 else { return }
        filter.withUnsafeBufferPointer { filter in
            for position in 0...(info.count - 4) {
                let value = UInt32(
                    littleEndian: info.loadUnaligned(fromByteOffset: position, as: UInt32.self))
                if filter[Int(value & 0xFFFF)], wanted.contains(value) { found(position) }
            }
        }
    }
}

/// Reads all abbreviations once: how the entries of a file are written.
private struct AbbreviationScan {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Whether every entry has its name in its own unit, in the entry's bytes or in `.debug_str`.
    var namesAreLocal: Bool {
        var scan = self
        while scan.position < bytes.count {
            guard let code = scan.number() else { return false }
            // The end of a unit's table.
            if code == 0 { continue }
            guard let tag = scan.number(), scan.byte() != nil else { return false }
            if tag == DW_TAG_partial_unit || tag == DW_TAG_imported_unit { return false }
            while true {
                guard let attribute = scan.number(), let form = scan.number() else { return false }
                if attribute == 0, form == 0 { break }
                if form == DW_FORM_implicit_const, scan.number() == nil { return false }
                if Self.isForeign(tag, attribute, form) { return false }
            }
        }
        return true
    }

    private static func isForeign(_ tag: Int, _ attribute: Int, _ form: Int) -> Bool {
        switch form {
        // They lead to strings or entries which the search does not look at.
        case DW_FORM_strx, DW_FORM_strx1, DW_FORM_strx2, DW_FORM_strx3, DW_FORM_strx4, DW_FORM_GNU_str_index,
            DW_FORM_strp_sup, DW_FORM_GNU_strp_alt, DW_FORM_GNU_ref_alt, DW_FORM_ref_sup4, DW_FORM_ref_sup8,
            DW_FORM_indirect:
            return true
        default: break
        }
        switch attribute {
        case DW_AT_name, DW_AT_linkage_name, DW_AT_MIPS_linkage_name:
            return form == DW_FORM_line_strp && tag != DW_TAG_compile_unit && tag != DW_TAG_type_unit
        case DW_AT_abstract_origin, DW_AT_specification:
            return (form == DW_FORM_ref_addr || form == DW_FORM_ref_sig8) && tag != DW_TAG_call_site
                && tag != DW_TAG_GNU_call_site
        default: return false
        }
    }

    private mutating func byte() -> UInt8? {
        guard position < bytes.count else { return nil }
        defer { position += 1 }
        return bytes[position]
    }

    /// A LEB128 number; what is larger than any tag or form reads as one that is none.
    private mutating func number() -> Int? {
        // Most are of one byte.
        if position < bytes.count, bytes[position] < 0x80 {
            defer { position += 1 }
            return Int(bytes[position])
        }
        var value = 0
        var shift = 0
        while let byte = byte() {
            if shift < 56 { value |= Int(byte & 0x7F) << shift } else if byte & 0x7F != 0 { value = -1 }
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
        return nil
    }
}

extension ELFHandle {
    /// A section's bytes where libelf keeps them, decompressed where libdw had that done; nil without any.
    fileprivate func bytes(of name: String) -> UnsafeRawBufferPointer? {
        guard let found = sections().first(where: { $0.name == name }),
            found.header.sh_type != UInt32(SHT_NOBITS), found.header.sh_flags & UInt64(SHF_COMPRESSED) == 0,
            let data = elf_rawdata(found.section, nil), let start = data.pointee.d_buf
        else { return nil }
        return UnsafeRawBufferPointer(start: start, count: data.pointee.d_size)
    }
}
