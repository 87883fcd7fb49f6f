/// A range of a process's memory that one file, or none, is mapped to.
public struct Mapping: Sendable {
    /// The addresses.
    public var addresses: Range<UInt64>
    /// Where in the file the first address lies, in bytes.
    public var offset: UInt64
    /// Whether code in it can run.
    public var isExecutable: Bool
    /// What is mapped.
    public var file: MappedFile

    /// Creates a mapping.
    public init(addresses: Range<UInt64>, offset: UInt64, isExecutable: Bool, file: MappedFile) {
        (self.addresses, self.offset, self.isExecutable, self.file) = (addresses, offset, isExecutable, file)
    }

    /// The offset in the file of an address in the mapping.
    public func fileOffset(of address: UInt64) -> UInt64 { address &- addresses.lowerBound &+ offset }

    /// The part of the mapping in a range of addresses.
    func clamped(to range: Range<UInt64>) -> Mapping? {
        let part = addresses.clamped(to: range)
        guard !part.isEmpty else { return nil }
        return Mapping(
            addresses: part, offset: fileOffset(of: part.lowerBound), isExecutable: isExecutable, file: file)
    }
}

/// What is mapped into memory, as the kernel names it.
public final class MappedFile: Sendable {
    /// What kind of thing it is.
    public enum Kind: Sendable, Hashable {
        /// A file with a path.
        case file
        /// The kernel's code that every process has, `[vdso]`.
        case vdso
        /// The kernel's page that functions return to where a return probe hides their return address, `[uprobes]`.
        case returnProbes
        /// Memory without a file: heap, stack, what a program compiles while it runs.
        case anonymous
    }

    /// The path in the process's mount namespace, without the kernel's mark of a deleted file; else what the kernel
    /// calls it, such as `[heap]`, or nothing.
    public let name: String
    /// What kind of thing it is.
    public let kind: Kind
    /// Whether its path led to it no longer when the mapping was read.
    public let isDeleted: Bool
    /// The inode; 0 where it is not known.
    public let inode: UInt64
    /// The device's major and minor number, in one value (major × 2^32 + minor); 0 where it is not known.
    public let device: UInt64
    /// What tells files apart that had the same inode one after the other: the inode's generation or the time of the
    /// file's last change; 0 where neither is known.
    public let version: UInt64
    /// The build id, where the kernel tells it.
    public let buildID: [UInt8]?

    /// Creates what the kernel calls `name`.
    ///
    /// - Parameters:
    ///   - name: as the kernel tells it, with ` (deleted)`.
    ///   - device: major × 2^32 + minor.
    ///   - inode: the inode, or 0.
    ///   - version: the inode's generation, or the time of the file's last change, or 0.
    ///   - buildID: the build id, if it is known.
    public init(
        kernelName name: String, device: UInt64 = 0, inode: UInt64 = 0, version: UInt64 = 0,
        buildID: [UInt8]? = nil
    ) {
        let mark = " (deleted)"
        self.isDeleted = name.hasPrefix("/") && name.hasSuffix(mark)
        self.name = isDeleted ? String(name.dropLast(mark.count)) : name
        self.kind =
            switch name {
            case "[vdso]": .vdso
            case "[uprobes]": .returnProbes
            case _ where name.hasPrefix("/") && !name.hasPrefix("//"): .file
            default: .anonymous
            }
        self.device = device
        self.inode = inode
        self.version = version
        self.buildID = buildID
    }
}

extension MappedFile: Hashable {
    /// Whether both are the same file, as far as the kernel tells.
    public static func == (left: MappedFile, right: MappedFile) -> Bool {
        left === right
            || left.inode == right.inode && left.version == right.version
                && left.device == right.device && left.isDeleted == right.isDeleted
                && left.buildID == right.buildID && left.name == right.name
    }

    /// Hashes what makes it the same.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(inode)
        hasher.combine(device)
    }
}
