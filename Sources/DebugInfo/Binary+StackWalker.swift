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
        if own.contains(where: { symbols.symbol(named: $0) != nil }) { return .exceptions }
        // What libraries have of it is named in the dynamic table alone; stripped Rust programs have the last one of a
        // library, static programs with the C library.
        return elf.hasDynamicSymbol(own.union(["_Unwind_RaiseException"])) ? .exceptions : nil
    }
}

extension ELFHandle {
    /// Whether a dynamic symbol has one of some names, be it defined in the file or elsewhere.
    fileprivate func hasDynamicSymbol(_ names: Set<String>) -> Bool {
        for (_, header, section) in sections() where header.sh_type == UInt32(SHT_DYNSYM) {
            guard let data = elf_getdata(section, nil), header.sh_entsize > 0 else { continue }
            // No symbol takes fewer bytes, whatever the header says.
            let count = min(
                Int(clamping: header.sh_size / header.sh_entsize),
                data.pointee.d_size / MemoryLayout<Elf32_Sym>.size)
            for index in 0..<count {
                var entry = GElf_Sym()
                guard gelf_getsym(data, Int32(clamping: index), &entry) != nil else { break }
                guard let name = elf_strptr(elf, Int(header.sh_link), Int(entry.st_name)) else { continue }
                if names.contains(SymbolTable.withoutVersion(String(cString: name))) { return true }
            }
        }
        return false
    }
}
