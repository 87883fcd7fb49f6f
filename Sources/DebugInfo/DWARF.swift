import CElfutils
import Glibc

/// The debug information of one binary: its compilation units, and through them functions, variables, types.
///
/// It owns libdw's handle; functions, variables and types that it hands out keep it alive. Nothing is read
/// before it is asked for: opening reads section headers, the first search reads the units' top entries.
/// Not for concurrent use, because libdw is not.
public final class DWARF {
    /// The file that holds the DWARF: the binary itself or its separate debug file.
    public var path: String { handle.elf.path }

    let handle: DWARFHandle
    /// The binary, whose unwind tables and symbols count, even where the DWARF is elsewhere.
    let binary: ELFHandle
    lazy var functionIndex = FunctionIndex(
        units: unitEntries, search: unitSearch, room: Int(clamping: handle.elf.size) + (128 << 20))
    /// Which units can have a name.
    lazy var unitSearch = UnitSearch(handle, units: unitEntries)
    /// The symbols of the binary, or of the debug file where the binary is stripped.
    lazy var symbols: SymbolTable = {
        var table = SymbolTable(binary)
        if !table.isFull, handle.elf !== binary { table.merge(SymbolTable(handle.elf)) }
        return table
    }()
    /// Where frames begin; nil without unwind tables.
    lazy var callFrames = CallFrames(binary: binary, dwarf: handle)
    var typeCache: [String: DIE?] = [:]
    /// What a wrong name in a script makes every probed address ask for again.
    var knownTypeNames: [String]?
    var knownGlobals: [GlobalKey: [DIE]] = [:]
    var knownGlobalNames: [Glob?: [String]] = [:]
    var inlineInstances: [UInt: [UInt: [DIE]]] = [:]
    var parentMaps: [UInt: [UInt: DIE]] = [:]
    var validLocationUnits: [UInt: Bool] = [:]
    var fentryUnits: [UInt: Bool] = [:]
    var sourceLineTables: [UInt: SourceLines] = [:]
    var variablesOfScopes: [UInt: [ScopeVariable]] = [:]
    var typeNamesOfEntries: [UInt: String?] = [:]
    let fileNames = FileNames()

    init(_ elf: ELFHandle, binary: ELFHandle) throws(DebugInfoError) {
        self.handle = try DWARFHandle(elf)
        self.binary = binary
    }

    init(_ handle: DWARFHandle, binary: ELFHandle) {
        self.handle = handle
        self.binary = binary
    }

    /// The compilation units, in the order of the file; partial and type units are left out, as stap does.
    public var units: [CompilationUnit] { unitEntries.map { CompilationUnit(dwarf: self, die: $0) } }

    /// What `units` shows; units keep this object alive, so it must not keep them.
    lazy var unitEntries: [DIE] = handle.unitEntries()

    /// Whether a supplementary file (dwz's `.gnu_debugaltlink`) is named but was not found.
    public var lacksSupplementaryFile: Bool {
        handle.elf.sections().contains { $0.name == ".gnu_debugaltlink" } && dwarf_getalt(handle.dwarf) == nil
    }
}

/// Owns libdw's handle and the file below it.
final class DWARFHandle {
    let elf: ELFHandle
    let dwarf: OpaquePointer
    /// Who owns libdw's handle, where it is not this object.
    private let owner: AnyObject?

    /// Takes a handle that belongs to `owner`, which is kept alive.
    init(_ dwarf: OpaquePointer, in elf: ELFHandle, of owner: AnyObject) {
        self.dwarf = dwarf
        self.elf = elf
        self.owner = owner
    }

    init(_ elf: ELFHandle) throws(DebugInfoError) {
        if let bomb = elf.decompressionBomb { throw .malformed(path: elf.path, detail: bomb) }
        guard let dwarf = dwarf_begin_elf(elf.elf, DWARF_C_READ, nil) else {
            throw .malformed(path: elf.path, detail: Self.lastError())
        }
        self.elf = elf
        self.dwarf = dwarf
        self.owner = nil
    }

    deinit {
        if owner == nil { dwarf_end(dwarf) }
    }

    static func lastError() -> String {
        let code = dwarf_errno()
        guard code != 0, let words = dwarf_errmsg(code) else { return "its DWARF is invalid" }
        return String(cString: words)
    }

    /// The entries of the compilation units.
    func unitEntries(_ tags: [Int] = [DW_TAG_compile_unit]) -> [DIE] {
        var found: [DIE] = []
        var offset: Dwarf_Off = 0
        var next: Dwarf_Off = 0
        var headerSize = 0
        while dwarf_nextcu(dwarf, offset, &next, &headerSize, nil, nil, nil) == 0, next > offset {
            var die = Dwarf_Die()
            if dwarf_offdie(dwarf, offset &+ UInt64(headerSize), &die) != nil,
                tags.contains(Int(dwarf_tag(&die)))
            {
                found.append(DIE(die))
            }
            offset = next
        }
        return found
    }
}
