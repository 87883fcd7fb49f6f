/// An unlinked ELF file, such as a kernel module: its sections by name.
public final class RelocatableFile {
    private let elf: ELFHandle

    /// Opens a file; throws what it is instead, where it is no unlinked 64-bit ELF file of `machine`.
    public init(path: String, machine: Machine = .host) throws(DebugInfoError) {
        elf = try ELFHandle(path: path, machine: machine, isRelocatable: true)
    }

    /// A section's bytes as they stand in the file; nil where there is no such section.
    public func content(ofSection name: String) -> [UInt8]? { elf.content(of: name) }
}
