private import CElfutils

/// What looks through a program's stack while it runs, and cannot pass a return address that is not the program's.
///
/// A return probe puts one there: the kernel replaces the return address by that of its trampoline (uprobes,
/// Documentation/trace/uprobetracer.rst), for which no unwind table has an entry.
public enum StackWalker: String, Sendable, Codable {
    /// C++ exceptions, Rust panics: one that passes the function finds no handler, and ends the program.
    case exceptions
    /// Go's runtime, which moves stacks, and ends the program at a return address that it does not know.
    case goRuntime
}

extension Binary {
    /// What looks through the stacks of the functions in this file, as far as its sections and symbols tell.
    public var stackWalker: StackWalker? {
        if hasSection(".gopclntab") || hasSection(".note.go.buildid") { return .goRuntime }
        // The personality routines by which functions take part in unwinding, and what throws; the C library's, for
        // the cancellation of threads, is another (`__gcc_personality_v0`).
        let own: Set<String> = ["__gxx_personality_v0", "__cxa_throw", "rust_eh_personality"]
        // Stripped Rust programs have this one of a library; static programs have it with the C library.
        let imported = own.union(["_Unwind_RaiseException"])
        return elf.hasSymbol(in: SHT_SYMTAB, own) || elf.hasSymbol(in: SHT_DYNSYM, imported)
            ? .exceptions : nil
    }
}

extension ELFHandle {
    /// Whether a symbol of a table has one of some names, be it defined in the file or elsewhere.
    fileprivate func hasSymbol(in table: Int32, _ names: Set<String>) -> Bool {
        for (_, header, section) in sections() where header.sh_type == UInt32(table) {
            guard let data = elf_getdata(section, nil), header.sh_entsize > 0 else { continue }
            // No symbol takes fewer bytes, whatever the header says.
            let count = min(
                Int(clamping: header.sh_size / header.sh_entsize),
                data.pointee.d_size / MemoryLayout<Elf32_Sym>.size)
            for index in 0..<count {
                var entry = GElf_Sym()
                guard gelf_getsym(data, Int32(clamping: index), &entry) != nil else { break }
                // All of them begin with one of these; a table may have a hundred thousand names.
                guard let name = elf_strptr(elf, Int(header.sh_link), Int(entry.st_name)),
                    name.pointee == CChar(UInt8(ascii: "_")) || name.pointee == CChar(UInt8(ascii: "r"))
                else { continue }
                if names.contains(SymbolTable.withoutVersion(String(cString: name))) { return true }
            }
        }
        return false
    }
}
