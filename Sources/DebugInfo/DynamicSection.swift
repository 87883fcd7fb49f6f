import CElfutils
import Glibc

/// What the dynamic loader reads of a binary.
struct DynamicSection {
    var interpreter: String?
    var soname: String?
    var needed: [String] = []
    var rpath: String?
    var runpath: String?
    var isPIE = false

    /// Reads the program interpreter and the `.dynamic` section.
    init(_ elf: ELFHandle) {
        for section in elf.sections() {
            switch section.name {
            case ".interp": interpreter = Self.text(section.section)
            default: break
            }
            guard section.header.sh_type == UInt32(SHT_DYNAMIC), section.header.sh_entsize > 0,
                let data = elf_getdata(section.section, nil)
            else { continue }
            let strings = Int(section.header.sh_link)
            for index in 0..<min(Int(clamping: section.header.sh_size / section.header.sh_entsize), 65_536) {
                var entry = GElf_Dyn()
                guard gelf_getdyn(data, Int32(index), &entry) != nil, entry.d_tag != 0 else { break }
                read(entry, elf: elf, strings: strings)
            }
        }
    }

    private mutating func read(_ entry: GElf_Dyn, elf: ELFHandle, strings: Int) {
        var name: String? {
            Int(exactly: entry.d_un.d_val).flatMap { elf_strptr(elf.elf, strings, $0) }
                .map { String(cString: $0) }
        }
        switch entry.d_tag {
        case 1: if let name, name.utf8.count < Int(PATH_MAX) { needed.append(name) }
        case 14: soname = name
        case 15: rpath = name
        case 29: runpath = name
        case 0x6FFF_FFFB: isPIE = entry.d_un.d_val & 0x0800_0000 != 0
        default: break
        }
    }

    /// The NUL-terminated content of a section.
    private static func text(_ section: OpaquePointer) -> String? {
        guard let data = elf_rawdata(section, nil), let start = data.pointee.d_buf, data.pointee.d_size > 0,
            data.pointee.d_size <= 4096
        else { return nil }
        let bytes = UnsafeRawBufferPointer(start: start, count: data.pointee.d_size)
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
