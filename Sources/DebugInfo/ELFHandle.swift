import CElfutils
import Glibc

/// Owns a file descriptor and the libelf handle over it.
///
/// The file is read, not mapped: a mapped file that somebody truncates would end this process with SIGBUS. A helper
/// process, which has a ``FileOpener``, maps it, as it may end so.
final class ELFHandle {
    let path: String
    let size: UInt64
    /// The file's inode; 0 where there is no file.
    let inode: UInt64
    let elf: OpaquePointer
    let header: GElf_Ehdr
    private let descriptor: Int32
    /// What opens files that this process may not.
    let opener: FileOpener?
    /// Who owns the libelf handle, where it is not this object.
    private let owner: AnyObject?

    /// Takes a handle that belongs to `owner`, which is kept alive.
    init(_ elf: OpaquePointer, of owner: AnyObject, path: String) throws(DebugInfoError) {
        var header = GElf_Ehdr()
        guard gelf_getehdr(elf, &header) != nil else {
            throw .malformed(path: path, detail: Self.lastError())
        }
        // libdwfl maps the file, or holds the decompressed one, so that this reads nothing.
        var size = 0
        _ = elf_rawfile(elf, &size)
        self.path = path
        self.size = UInt64(size)
        self.inode = 0
        self.elf = elf
        self.header = header
        self.descriptor = -1
        self.owner = owner
        self.opener = nil
    }

    /// Takes a linked 64-bit ELF file of `machine` that lies in memory.
    convenience init(image: [UInt8], path: String, machine: Machine) throws(DebugInfoError) {
        let memory = ELFMemory(image)
        _ = elf_version(UInt32(EV_CURRENT))
        guard let elf = memory.open() else { throw .malformed(path: path, detail: Self.lastError()) }
        try self.init(elf, of: memory, path: path)
        guard header.e_machine == machine.rawValue, gelf_getclass(elf) == ELFCLASS64 else {
            throw .unsupportedMachine(path: path, machine: header.e_machine)
        }
        guard extent <= size else { throw .truncated(path: path, size: size, needed: extent) }
    }

    /// Opens a linked 64-bit ELF file of `machine`, or a separate debug file of one; with `isRelocatable` an
    /// unlinked one, as kernel modules are.
    init(
        path: String, machine: Machine, isRelocatable: Bool = false, opener: FileOpener? = nil
    ) throws(DebugInfoError) {
        let (descriptor, status) = try Self.openRegularFile(path, opener)
        let size = UInt64(max(status.st_size, 0))
        var elf: OpaquePointer?
        var isAdopted = false
        defer {
            if !isAdopted {
                if let elf { elf_end(elf) }
                close(descriptor)
            }
        }
        let identification = try Self.identification(of: descriptor, path: path, size: size)
        guard identification[4] == 2 else {
            throw .unsupportedClass(path: path, bits: identification[4] == 1 ? 32 : 0)
        }
        guard identification[5] == 1 else {
            throw .unsupportedMachine(
                path: path, machine: UInt16(identification[18]) << 8 | UInt16(identification[19]))
        }
        _ = elf_version(UInt32(EV_CURRENT))
        elf = elf_begin(descriptor, opener == nil ? ELF_C_READ : ELF_C_READ_MMAP, nil)
        var header = GElf_Ehdr()
        guard let opened = elf, elf_kind(opened) == ELF_K_ELF, gelf_getehdr(opened, &header) != nil else {
            throw .malformed(path: path, detail: Self.lastError())
        }
        let kinds = isRelocatable ? [ET_REL] : [ET_EXEC, ET_DYN]
        guard kinds.contains(Int32(header.e_type)) else {
            throw .notLinked(path: path, type: header.e_type)
        }
        guard header.e_machine == machine.rawValue else {
            throw .unsupportedMachine(path: path, machine: header.e_machine)
        }
        self.path = path
        self.size = size
        self.inode = UInt64(status.st_ino)
        self.elf = opened
        self.header = header
        self.descriptor = descriptor
        self.owner = nil
        self.opener = opener
        isAdopted = true
        let needed = extent
        guard needed <= size else { throw .truncated(path: path, size: size, needed: needed) }
    }

    deinit {
        guard owner == nil else { return }
        elf_end(elf)
        close(descriptor)
    }

    /// The last error of libelf in its own words.
    static func lastError() -> String {
        let code = elf_errno()
        guard code != 0, let words = elf_errmsg(code) else { return "its ELF headers are invalid" }
        return String(cString: words)
    }

    /// The build id from the notes.
    var buildID: BuildID? {
        var bytes: UnsafeRawPointer?
        let count = dwelf_elf_gnu_build_id(elf, &bytes)
        guard count > 0, count <= 256, let bytes else { return nil }
        return BuildID(Array(UnsafeRawBufferPointer(start: bytes, count: Int(count))))
    }

    /// The name and CRC of the separate debug file in `.gnu_debuglink`.
    var debugLink: (name: String, checksum: UInt32)? {
        var checksum: GElf_Word = 0
        guard let name = dwelf_elf_gnu_debuglink(elf, &checksum) else { return nil }
        return (String(cString: name), checksum)
    }

    /// The sections' headers with their names, at most `limit` of them.
    func sections(limit: Int = 65_536) -> [(name: String, header: GElf_Shdr, section: OpaquePointer)] {
        var names = 0
        guard elf_getshdrstrndx(elf, &names) == 0 else { return [] }
        var found: [(String, GElf_Shdr, OpaquePointer)] = []
        var section: OpaquePointer? = elf_nextscn(elf, nil)
        while let current = section, found.count < limit {
            var header = GElf_Shdr()
            if gelf_getshdr(current, &header) != nil {
                let name = elf_strptr(elf, names, Int(header.sh_name)).map { String(cString: $0) } ?? ""
                found.append((name, header, current))
            }
            section = elf_nextscn(elf, current)
        }
        return found
    }

    /// A section's bytes as they stand in the file; nil where there is no such section or
    /// it has none there (`SHT_NOBITS`).
    func content(of name: String) -> [UInt8]? {
        guard let section = sections().first(where: { $0.name == name })?.section,
            let data = elf_rawdata(section, nil), let start = data.pointee.d_buf
        else { return nil }
        return Array(UnsafeRawBufferPointer(start: start, count: data.pointee.d_size))
    }

    /// The program headers.
    func programHeaders() -> [GElf_Phdr] {
        var count = 0
        guard elf_getphdrnum(elf, &count) == 0 else { return [] }
        var found: [GElf_Phdr] = []
        for index in 0..<min(count, 65_535) {
            var header = GElf_Phdr()
            if gelf_getphdr(elf, Int32(index), &header) != nil { found.append(header) }
        }
        return found
    }

    /// Whether there is DWARF, compressed or not, with content.
    var hasDWARF: Bool {
        sections().contains {
            ($0.name == ".debug_info" || $0.name == ".zdebug_info") && $0.header.sh_type != UInt32(SHT_NOBITS)
                && $0.header.sh_size > 0
        }
    }

    /// The offset behind the last byte that the headers speak of.
    private var extent: UInt64 {
        func end(_ offset: UInt64, _ size: UInt64) -> UInt64 {
            let (sum, overflow) = offset.addingReportingOverflow(size)
            return overflow ? .max : sum
        }
        var last = end(header.e_shoff, UInt64(header.e_shnum) * UInt64(header.e_shentsize))
        last = max(last, end(header.e_phoff, UInt64(header.e_phnum) * UInt64(header.e_phentsize)))
        let sections = sections()
        for section in sections where section.header.sh_type != UInt32(SHT_NOBITS) {
            last = max(last, end(section.header.sh_offset, section.header.sh_size))
        }
        // A separate debug file keeps the program headers of a content that it does not have.
        let isDebugFile = sections.contains {
            $0.header.sh_type == UInt32(SHT_NOBITS) && $0.name == ".text"
        }
        if !isDebugFile {
            for header in programHeaders() where header.p_type == UInt32(PT_LOAD) {
                last = max(last, end(header.p_offset, header.p_filesz))
            }
        }
        return last
    }

    /// Opens without blocking on FIFOs and without touching devices.
    private static func openRegularFile(
        _ path: String, _ opener: FileOpener?
    ) throws(DebugInfoError) -> (Int32, stat) {
        guard !path.utf8.contains(0) else { throw .notFound(path: path) }
        var status = stat()
        var code: Int32 = 0
        if stat(path, &status) != 0 {
            code = errno
        } else if let kind = fileKind(status.st_mode) {
            throw .notRegularFile(path: path, kind: kind)
        }
        var descriptor: Int32 = -1
        if code == 0 {
            descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
            if descriptor < 0 { code = errno }
        }
        // EPERM is what `/proc/PID/map_files` answers without CAP_CHECKPOINT_RESTORE.
        if code == EACCES || code == EPERM, let opener {
            descriptor = opener.open(path)
            code = -min(descriptor, 0)
        }
        switch code {
        case 0: break
        case ENOENT, ENOTDIR: throw .notFound(path: path)
        case ENOEXEC: throw .notELF(path: path, isScript: false)
        case EISDIR: throw .notRegularFile(path: path, kind: .directory)
        case ESPIPE: throw .notRegularFile(path: path, kind: .fifo)
        default: throw .unreadable(path: path, code: code)
        }
        // Whatever was put there between the two calls is judged again.
        guard fstat(descriptor, &status) == 0 else {
            let code = errno
            close(descriptor)
            throw .unreadable(path: path, code: code)
        }
        if let kind = fileKind(status.st_mode) {
            close(descriptor)
            throw .notRegularFile(path: path, kind: kind)
        }
        return (descriptor, status)
    }

    private static func fileKind(_ mode: mode_t) -> DebugInfoError.FileKind? {
        switch mode & S_IFMT {
        case S_IFREG: nil
        case S_IFDIR: .directory
        case S_IFIFO: .fifo
        case S_IFSOCK: .socket
        case S_IFCHR: .characterDevice
        case S_IFBLK: .blockDevice
        default: .other
        }
    }

    /// The first 64 bytes, checked for ELF's magic number.
    private static func identification(
        of descriptor: Int32, path: String, size: UInt64
    ) throws(DebugInfoError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = pread(descriptor, &bytes, 64, 0)
        guard count >= 0 else { throw .unreadable(path: path, code: errno) }
        guard count > 0 else { throw .empty(path: path) }
        guard count >= 4, Array(bytes[..<4]) == [0x7F, 0x45, 0x4C, 0x46] else {
            throw .notELF(path: path, isScript: bytes[0] == 0x23 && bytes[1] == 0x21)
        }
        // A 32-bit header is shorter; whichever it is, the kind of it stands in the first 20 bytes.
        guard count >= (bytes[4] == 1 ? 52 : 64) else { throw .truncated(path: path, size: size, needed: 64) }
        return bytes
    }
}

/// Owns an ELF file in memory and the libelf handle over it.
private final class ELFMemory {
    private let bytes: UnsafeMutableBufferPointer<CChar>
    private var elf: OpaquePointer?

    init(_ image: [UInt8]) {
        bytes = .allocate(capacity: max(image.count, 1))
        _ = bytes.initialize(from: image.map(CChar.init(bitPattern:)))
    }

    /// The handle, which is this object's.
    func open() -> OpaquePointer? {
        elf = elf_memory(bytes.baseAddress, bytes.count)
        guard let elf, elf_kind(elf) == ELF_K_ELF else { return nil }
        return elf
    }

    deinit {
        if let elf { elf_end(elf) }
        bytes.deallocate()
    }
}
