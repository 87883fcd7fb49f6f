/// A function of an ELF symbol table.
public struct Symbol: Sendable, Hashable {
    /// The name, mangled in C++, without a version.
    public var name: String
    /// The address in the file's own address space.
    public var address: UInt64
    /// The size in bytes; 0 where the assembler gave none.
    public var size: UInt64
    /// Whether other binaries can link to it (global, weak or unique).
    public var isExported: Bool
    /// Whether it is a function; not data, and not an indirect function, whose code only chooses another (stap
    /// does not probe those either).
    public var isFunction: Bool
}

/// What an address belongs to, as a SystemTap run tells it.
public struct SymbolPlace: Sendable, Hashable {
    /// The symbol's name.
    public var name: String
    /// How far behind the symbol the address is.
    public var offset: UInt64
    /// How far it is from the symbol to the next one, whatever the symbol's own size; 0 for the last.
    public var size: UInt64

    /// Creates a place.
    public init(name: String, offset: UInt64, size: UInt64) {
        (self.name, self.offset, self.size) = (name, offset, size)
    }
}
