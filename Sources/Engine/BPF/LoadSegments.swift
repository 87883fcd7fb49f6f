import Glibc

/// Which parts of an ELF file are loaded where: its `PT_LOAD` program headers (ELF-64, little endian).
///
/// It needs no library in C, so that root may ask it of any file.
struct LoadSegments {
    private struct Segment {
        var address: UInt64
        var offset: UInt64
        var size: UInt64
        var isExecutable: Bool
    }

    private var segments: [Segment] = []

    /// The bytes at a file's start that ``isNarrow(_:)`` looks at.
    static let identitySize = 5

    /// Whether a file that begins with these bytes is a 32-bit ELF file (`EI_CLASS` is `ELFCLASS32`).
    static func isNarrow(_ identity: [UInt8]) -> Bool {
        identity.starts(with: [0x7F, 0x45, 0x4C, 0x46, 1])
    }

    /// Reads a file's headers; throws where it is not a 64-bit ELF file.
    init(path: String) throws(EngineError) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .cannotRead(path, reason: String(cString: strerror(errno))) }
        defer { close(file) }
        func bytes(_ offset: UInt64, _ count: Int) -> [UInt8]? {
            guard let start = Int(exactly: offset) else { return nil }
            var found = [UInt8](repeating: 0, count: count)
            return pread(file, &found, count, start) == count ? found : nil
        }
        func number(_ bytes: [UInt8], _ offset: Int, _ size: Int) -> UInt64 {
            bytes[offset..<offset + size].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        let notELF = EngineError.cannotRead(path, reason: "it is not a 64-bit ELF file")
        if let identity = bytes(0, Self.identitySize), Self.isNarrow(identity) { throw .narrowProgram(path) }
        guard let header = bytes(0, 64), header.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]) else {
            throw notELF
        }
        let (table, entrySize, count) = (number(header, 32, 8), number(header, 54, 2), number(header, 56, 2))
        guard entrySize >= 56 else { throw notELF }
        for index in 0..<count {
            guard let entry = bytes(table &+ index &* entrySize, 56) else { throw notELF }
            // PT_LOAD; PF_X is 1.
            guard number(entry, 0, 4) == 1 else { continue }
            segments.append(
                Segment(
                    address: number(entry, 16, 8), offset: number(entry, 8, 8), size: number(entry, 32, 8),
                    isExecutable: number(entry, 4, 4) & 1 != 0))
        }
    }

    /// Where the byte of an address stands in the file; nil where it is not loaded from there.
    func offset(of address: UInt64) -> UInt64? {
        for segment in segments where address >= segment.address && address - segment.address < segment.size {
            return address - segment.address &+ segment.offset
        }
        return nil
    }
}
