import CElfutils
import Glibc

/// An executable or shared library on disk: what its ELF headers say, and the way to its debug information.
///
/// It owns the open file; everything it hands out is a value or keeps it alive. Not for concurrent use,
/// because libelf and libdw are not.
public final class Binary {
    /// How a linked ELF file is meant to be loaded.
    public enum Kind: String, Sendable {
        /// Linked to a fixed address.
        case executable
        /// Loaded wherever the kernel likes.
        case positionIndependentExecutable
        /// A library that programs load.
        case sharedLibrary
        /// A file that the kernel links into itself.
        case kernelModule
    }

    /// The path as it was given.
    public let path: String
    /// How it is meant to be loaded.
    public let kind: Kind
    /// The processor it is built for.
    public let machine: Machine
    /// The identity of this build, if the linker left one.
    public let buildID: BuildID?
    /// The program interpreter (the dynamic loader), or nil for static binaries and most libraries.
    public let interpreter: String?
    /// The library's own name, `DT_SONAME`.
    public let soname: String?
    /// The libraries it names in `DT_NEEDED`, in their order.
    public let neededLibraries: [String]

    let elf: ELFHandle
    let searchPaths: LibrarySearchPaths
    private let debugRoots: [String]
    private let remote: RemoteDebugFiles
    private var openedDebugInfo: Result<DWARF, DebugInfoError>?
    private var loadedSymbols: SymbolTable?
    lazy var frameTable = FrameTable(elf) { [unowned self] in try? debugInfo() }

    /// Opens a binary; nothing of it is executed, and no other kind of file is read or waited for.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - machine: what it must be built for.
    ///   - debugRoots: folders that hold separate debug files, as gdb's `debug-file-directory`.
    ///   - remote: what debuginfod has given; nothing is fetched here.
    ///   - opener: what opens files that this process may not.
    /// - Throws: `DebugInfoError`, which says what the path is instead.
    public convenience init(
        path: String, machine: Machine = .host, debugRoots: [String] = ["/usr/lib/debug"],
        remote: RemoteDebugFiles = RemoteDebugFiles(), opener: FileOpener? = nil
    ) throws(DebugInfoError) {
        self.init(
            try ELFHandle(path: path, machine: machine, opener: opener), debugRoots: debugRoots,
            remote: remote)
    }

    /// Takes a binary that lies in memory whole, as the kernel's `[vdso]` does.
    ///
    /// - Parameters:
    ///   - image: its bytes.
    ///   - name: what it is called in place of a path.
    ///   - machine: what it must be built for.
    /// - Throws: `DebugInfoError` where the bytes are no such binary.
    public convenience init(image: [UInt8], name: String, machine: Machine = .host) throws(DebugInfoError) {
        self.init(
            try ELFHandle(image: image, path: name, machine: machine), debugRoots: [],
            remote: RemoteDebugFiles())
    }

    private init(_ elf: ELFHandle, debugRoots: [String], remote: RemoteDebugFiles) {
        let dynamic = DynamicSection(elf)
        self.path = elf.path
        self.elf = elf
        self.machine = Machine(rawValue: elf.header.e_machine)
        self.buildID = elf.buildID
        self.interpreter = dynamic.interpreter
        self.soname = dynamic.soname
        self.neededLibraries = dynamic.needed
        self.searchPaths = LibrarySearchPaths(rpath: dynamic.rpath, runpath: dynamic.runpath)
        self.debugRoots = debugRoots
        self.remote = remote
        self.kind =
            elf.header.e_type == 2
            ? .executable
            : dynamic.isPIE || dynamic.interpreter != nil && dynamic.soname == nil
                ? .positionIndependentExecutable : .sharedLibrary
    }

    /// A kernel module, with the DWARF that was found for it.
    init(module elf: ELFHandle, debugInfo: Result<DWARF, DebugInfoError>) {
        self.path = elf.path
        self.elf = elf
        self.machine = Machine(rawValue: elf.header.e_machine)
        self.buildID = elf.buildID
        self.kind = .kernelModule
        (self.interpreter, self.soname, self.neededLibraries) = (nil, nil, [])
        self.searchPaths = LibrarySearchPaths()
        self.debugRoots = []
        self.remote = RemoteDebugFiles()
        self.openedDebugInfo = debugInfo
    }

    /// Whether the kernel alone can start it, with no dynamic loader.
    public var isStatic: Bool { interpreter == nil && kind != .sharedLibrary && kind != .kernelModule }

    /// Whether a section of this name is in the file.
    public func hasSection(_ name: String) -> Bool { elf.sections().contains { $0.name == name } }

    /// The DWARF of this binary, from the file itself or from a separate debug file of the same build.
    public func debugInfo() throws(DebugInfoError) -> DWARF {
        if let openedDebugInfo { return try openedDebugInfo.get() }
        let result: Result<DWARF, DebugInfoError>
        do throws(DebugInfoError) {
            let holder =
                elf.hasDWARF
                ? elf
                : try SeparateDebugFile(
                    of: elf, roots: debugRoots, remote: remote
                ).open()
            result = .success(try DWARF(holder, binary: elf))
        } catch {
            result = .failure(error)
        }
        openedDebugInfo = result
        return try result.get()
    }

    /// What debuginfod should be asked for: the debug information was wanted, and is not here.
    public var missingDebugInfo: MissingDebugInfo? {
        guard case .failure(.noDebugInfo)? = openedDebugInfo, let buildID else { return nil }
        return MissingDebugInfo(path: path, buildID: buildID)
    }

    /// The functions and objects of the symbol tables, the debug file's if the binary is stripped.
    public var symbols: SymbolTable {
        if let loadedSymbols { return loadedSymbols }
        var table = SymbolTable(elf)
        if !table.isFull, let debug = try? debugInfo(), debug.handle.elf !== elf {
            table.merge(SymbolTable(debug.handle.elf))
        }
        loadedSymbols = table
        return table
    }
}
