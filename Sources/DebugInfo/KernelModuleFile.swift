import CElfutils
import Glibc

/// Opens kernel modules: relocatable files, perhaps compressed, whose debug information is linked by libdwfl.
///
/// Addresses of functions in such a `Binary` are those of libdwfl's layout of the sections, one behind another;
/// the kernel places each section where it likes.
public enum KernelModuleFile {
    /// Opens a module.
    ///
    /// - Parameters:
    ///   - path: The `.ko` file; `.ko.gz`, `.ko.xz` and `.ko.zst` too, where libdw was built with the library.
    ///   - debugFiles: Where its separate debug file may be, in the order of preference; taken only if it is of
    ///     the same build.
    ///   - debugRoots: Folders with `.build-id` below.
    ///   - machine: What it must be built for.
    /// - Returns: The module; its `debugInfo()` throws where no DWARF was found.
    /// - Throws: What the file is instead.
    public static func open(
        _ path: String, debugFiles: [String] = [], debugRoots: [String] = ["/usr/lib/debug"],
        machine: Machine = .host
    ) throws(DebugInfoError) -> Binary {
        // What kind of file it is, and that it is whole, is said by the plain reader; a compressed one is libdwfl's.
        do throws(DebugInfoError) {
            _ = try ELFHandle(path: path, machine: machine, isRelocatable: true)
        } catch {
            switch error {
            case .notELF where Self.isCompressed(path): break
            case .notELF, .notLinked: throw .notModule(path: path)
            default: throw error
            }
        }
        let session = try ModuleSession(path: path)
        let elf = try session.file()
        guard elf.header.e_type == UInt16(ET_REL) else { throw .notModule(path: path) }
        guard elf.header.e_machine == machine.rawValue else {
            throw .unsupportedMachine(path: path, machine: elf.header.e_machine)
        }
        var search = DebugInfoError.Search(buildID: elf.buildID)
        if !elf.hasDWARF {
            var candidates = debugFiles
            if let name = elf.buildID?.debugFileName { candidates += debugRoots.map { "\($0)/\(name)" } }
            session.debugFile = candidates.first { Self.fits($0, elf, machine, &search) }
            guard session.debugFile != nil else {
                return Binary(
                    module: elf, debugInfo: .failure(.noDebugInfo(path: path, search: search)))
            }
        }
        do throws(DebugInfoError) {
            return Binary(module: elf, debugInfo: .success(DWARF(try session.dwarf(elf), binary: elf)))
        } catch {
            return Binary(module: elf, debugInfo: .failure(error))
        }
    }

    private static func isCompressed(_ path: String) -> Bool {
        [".gz", ".xz", ".zst", ".bz2"].contains { path.hasSuffix($0) }
    }

    /// Whether a file holds the DWARF of this build.
    private static func fits(
        _ path: String, _ module: ELFHandle, _ machine: Machine, _ search: inout DebugInfoError.Search
    ) -> Bool {
        guard SmallFile.exists(path) else {
            search.missing.append(path)
            return false
        }
        guard let file = try? ELFHandle(path: path, machine: machine, isRelocatable: true) else {
            search.rejected.append(.init(path: path, reason: .unusable))
            return false
        }
        guard file.buildID == module.buildID else {
            search.rejected.append(.init(path: path, reason: .otherBuildID(file.buildID)))
            return false
        }
        guard file.hasDWARF else {
            search.rejected.append(.init(path: path, reason: .noDWARF))
            return false
        }
        return true
    }
}

/// Owns a session of libdwfl with one module in it.
private final class ModuleSession {
    private let path: String
    private let session: OpaquePointer
    private let module: OpaquePointer
    /// libdwfl keeps the pointer.
    private let callbacks: UnsafeMutablePointer<Dwfl_Callbacks>
    /// The separate debug file.
    var debugFile: String?

    init(path: String) throws(DebugInfoError) {
        callbacks = .allocate(capacity: 1)
        callbacks.initialize(
            to: Dwfl_Callbacks(
                find_elf: nil,
                find_debuginfo: { _, userData, _, _, _, _, _, fileName in
                    guard let name = userData?.pointee?.assumingMemoryBound(to: CChar.self) else { return -1 }
                    let descriptor = Glibc.open(name, O_RDONLY | O_CLOEXEC)
                    // libdwfl frees the name and closes the file.
                    if descriptor >= 0 { fileName?.pointee = strdup(name) }
                    return descriptor
                },
                section_address: dwfl_offline_section_address, debuginfo_path: nil))
        guard let session = dwfl_begin(callbacks) else {
            callbacks.deallocate()
            throw .malformed(path: path, detail: Self.lastError())
        }
        guard let module = dwfl_report_offline(session, path, path, -1),
            dwfl_report_end(session, nil, nil) == 0
        else {
            let detail = Self.lastError()
            dwfl_end(session)
            callbacks.deallocate()
            throw .malformed(path: path, detail: detail)
        }
        self.path = path
        self.session = session
        self.module = module
    }

    deinit {
        dwfl_end(session)
        callbacks.deallocate()
    }

    /// The module's own file, its sections laid out.
    func file() throws(DebugInfoError) -> ELFHandle {
        var bias: GElf_Addr = 0
        guard let elf = dwfl_module_getelf(module, &bias) else {
            throw .malformed(path: path, detail: Self.lastError())
        }
        return try ELFHandle(elf, of: self, path: path)
    }

    /// Its DWARF, linked.
    func dwarf(_ file: ELFHandle) throws(DebugInfoError) -> DWARFHandle {
        let name = debugFile.flatMap { strdup($0) }
        defer { free(name) }
        var userData: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
        _ = dwfl_module_info(module, &userData, nil, nil, nil, nil, nil, nil)
        userData?.pointee = name.map { UnsafeMutableRawPointer($0) }
        defer { userData?.pointee = nil }
        var bias: Dwarf_Addr = 0
        guard let dwarf = dwfl_module_getdwarf(module, &bias) else {
            throw .malformed(path: debugFile ?? path, detail: Self.lastError())
        }
        let elf = debugFile == nil ? nil : dwarf_getelf(dwarf)
        let holder = try elf.map { elf throws(DebugInfoError) in
            try ELFHandle(elf, of: self, path: debugFile ?? path)
        }
        return DWARFHandle(dwarf, in: holder ?? file, of: self)
    }

    private static func lastError() -> String {
        let code = dwfl_errno()
        guard code != 0, let words = dwfl_errmsg(code) else { return "its ELF headers are invalid" }
        return String(cString: words)
    }
}

extension ELFHandle {
    /// Where the sections of an unlinked file were laid out, by their numbers; nil for a linked one, whose
    /// symbols have addresses of their own.
    var sectionBases: [Int: UInt64]? {
        guard header.e_type == UInt16(ET_REL) else { return nil }
        var bases: [Int: UInt64] = [:]
        for section in sections() { bases[elf_ndxscn(section.section)] = section.header.sh_addr }
        return bases
    }
}
