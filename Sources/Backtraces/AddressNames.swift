public import DebugInfo
public import ProcessMaps

/// What an address of a process belongs to.
public struct AddressName: Sendable, Hashable {
    /// The symbol, if one is known.
    public var symbol: SymbolPlace?
    /// The module, if something with a name is mapped there.
    public var module: Module?
    /// The line of source code, if it was asked for and is known.
    public var source: SourcePosition?

    /// Creates a name.
    public init(symbol: SymbolPlace? = nil, module: Module? = nil, source: SourcePosition? = nil) {
        (self.symbol, self.module, self.source) = (symbol, module, source)
    }

    /// What is mapped at an address.
    public struct Module: Sendable, Hashable {
        /// Its path, or `vdso`; a long path in stap's abbreviation.
        public var name: String
        /// How far behind the mapping's beginning the address is.
        public var offset: UInt64
        /// The mapping's size in bytes.
        public var size: UInt64

        /// Creates a module.
        public init(name: String, offset: UInt64, size: UInt64) {
            (self.name, self.offset, self.size) = (name, offset, size)
        }
    }
}

/// Finds the names of addresses in processes; not for concurrent use.
public final class AddressNames {
    /// What knows the modules' files.
    public let catalog: ModuleCatalog

    /// Creates what asks a catalog.
    public init(_ catalog: ModuleCatalog) { self.catalog = catalog }

    /// What an address of a process belongs to, with the line of source code if that is wanted.
    ///
    /// The address itself counts, as in stap's runtime, though a return address may lie behind the function that made
    /// the call.
    public func name(of address: UInt64, in space: AddressSpace, withSource: Bool = false) -> AddressName {
        guard let mapping = Self.namedMapping(at: address, in: space) else { return AddressName() }
        let module = catalog.module(mapping, of: space.process)
        let offset = mapping.fileOffset(of: address)
        return AddressName(
            symbol: catalog.place(module, at: offset), module: Self.module(of: address, in: mapping),
            source: withSource ? catalog.line(module, at: offset) : nil)
    }

    /// The module that an address of a process belongs to, of whose file nothing is asked.
    public static func module(of address: UInt64, in space: AddressSpace) -> AddressName.Module? {
        namedMapping(at: address, in: space).map { module(of: address, in: $0) }
    }

    private static func namedMapping(at address: UInt64, in space: AddressSpace) -> Mapping? {
        guard address != 0, let mapping = space.mapping(at: address),
            mapping.file.kind == .file || mapping.file.kind == .vdso
        else { return nil }
        return mapping
    }

    private static func module(of address: UInt64, in mapping: Mapping) -> AddressName.Module {
        AddressName.Module(
            name: shown(mapping.file), offset: address - mapping.addresses.lowerBound,
            size: mapping.addresses.upperBound - mapping.addresses.lowerBound)
    }

    /// The name that stap's runtime keeps of a mapping, in 63 bytes: of a path with 61 or more, `...` and the last 60
    /// (`stap_add_vma_map_info`).
    private static func shown(_ file: MappedFile) -> String {
        guard file.kind == .file else { return "vdso" }
        let path = file.name.utf8
        return path.count < 61 ? file.name : "..." + String(decoding: path.suffix(60), as: UTF8.self)
    }
}
