import CElfutils
import Glibc

/// An entry of the procedure linkage table: how the binary calls a function of another one.
public struct LinkageEntry: Sendable, Hashable {
    /// The function, without a version; empty for an indirect function of the binary's own.
    public var name: String
    /// Where the entry is, in the file's own address space.
    public var address: UInt64
}

extension Binary {
    /// The entries of `.plt`, in the order of its relocations.
    ///
    /// The addresses are those that stap probes: a first entry of the table's own, then 16 bytes each. A binary
    /// that is built with `-fcf-protection` calls `.plt.sec` instead, which stap 4.8 does not know.
    public func linkageEntries() -> [LinkageEntry] {
        let sections = elf.sections()
        guard let table = sections.first(where: { $0.name == ".plt" })?.header,
            let relocations = sections.first(where: { $0.name == ".rela.plt" }),
            let data = elf_getdata(relocations.section, nil), relocations.header.sh_entsize > 0
        else { return [] }
        let symbols = sections.first { elf_ndxscn($0.section) == Int(relocations.header.sh_link) }
        let load = elf.programHeaders().first { $0.p_type == UInt32(PT_LOAD) }?.p_vaddr ?? 0
        let first: UInt64 = machine == .aarch64 ? 32 : 16
        var found: [LinkageEntry] = []
        let count = min(Int(clamping: relocations.header.sh_size / relocations.header.sh_entsize), 1 << 20)
        for index in 0..<count {
            var relocation = GElf_Rela()
            guard gelf_getrela(data, Int32(index), &relocation) != nil else { break }
            var symbol = GElf_Sym()
            var name = ""
            if let symbols, let content = elf_getdata(symbols.section, nil),
                gelf_getsym(content, Int32(truncatingIfNeeded: relocation.r_info >> 32), &symbol) != nil,
                let text = elf_strptr(elf.elf, Int(symbols.header.sh_link), Int(symbol.st_name))
            {
                name = String(cString: text)
            }
            let address = table.sh_offset &+ first &+ UInt64(index) &* 16 &+ load
            found.append(LinkageEntry(name: name, address: address))
        }
        return found
    }
}
