/// Where the headers and sections of a sound 64-bit little-endian ELF file lie, read without libelf.
public struct ELFLayout: Sendable {
    /// A section.
    public struct Section: Sendable {
        /// Its name.
        public var name: String
        /// Where its header lies in the file.
        public var header: Int
        var type: UInt64
        var flags: UInt64
        /// Its bytes in the file; empty where it has none.
        public var content: Range<Int>

        var isCompressed: Bool { flags & 0x800 != 0 && content.count >= 24 }
    }

    /// The size of the file header, and of a section's and a program header.
    static let (fileHeader, sectionHeader, programHeader) = (64, 64, 56)

    /// The sections, in their order.
    public var sections: [Section] = []
    /// Where each program header lies.
    var programHeaders: [Int] = []

    /// Reads the headers of a file that is known to be sound.
    public init(_ bytes: [UInt8]) {
        func number(_ place: Int, _ size: Int) -> Int {
            guard place >= 0, place + size <= bytes.count else { return 0 }
            return (0..<size).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
        }
        programHeaders = (0..<number(0x38, 2)).map { number(0x20, 8) + $0 * Self.programHeader }
        let start = number(0x28, 8)
        let headers = (0..<number(0x3C, 2)).map { start + $0 * Self.sectionHeader }
        guard number(0x3E, 2) < headers.count else { return }
        let names = number(headers[number(0x3E, 2)] + 0x18, 8)
        for header in headers {
            let type = number(header + 4, 4)
            let (offset, size) = (number(header + 0x18, 8), number(header + 0x20, 8))
            let hasContent = type != 8 && type != 0 && offset + size <= bytes.count
            let name = bytes[(names + number(header, 4))...].prefix { $0 != 0 }
            sections.append(
                Section(
                    name: String(decoding: name, as: UTF8.self), header: header, type: UInt64(type),
                    flags: UInt64(number(header + 8, 8)),
                    content: hasContent ? offset..<offset + size : 0..<0))
        }
    }
}
