/// A ZIP archive of a few small files (PKWARE's APPNOTE.TXT 6.3.3, of which ISO/IEC 21320-1 keeps as much as is used
/// here): any unzip(1) opens it.
public struct ZipArchive: Sendable, Equatable {
    /// A file in it.
    public struct Member: Sendable, Equatable {
        /// Its name, as it stands in the archive.
        public var name: String
        /// Its content.
        public var content: Deflated

        /// Creates one.
        public init(name: String, content: Deflated) {
            self.name = name
            self.content = content
        }
    }

    private static let localSignature: UInt32 = 0x0403_4B50
    private static let centralSignature: UInt32 = 0x0201_4B50
    private static let endSignature: UInt32 = 0x0605_4B50

    /// The files, in their order.
    public var members: [Member]

    /// The file's bytes; its members are readable by their owner alone and have the earliest date that there is.
    public var bytes: [UInt8] {
        var file: [UInt8] = []
        var directory: [UInt8] = []
        for member in members {
            let offset = file.count
            let common = Self.commonHeader(of: member)
            file.append(Self.localSignature)
            file += common
            file += member.name.utf8
            file += member.content.bytes
            directory.append(Self.centralSignature)
            // Made by a Unix system.
            directory.append(UInt16(0x0314))
            directory += common
            directory += [UInt8](repeating: 0, count: 6)
            directory.append(UInt32(0o100600) << 16)
            directory.append(UInt32(offset))
            directory += member.name.utf8
        }
        let start = file.count
        file += directory
        file.append(Self.endSignature)
        file.append(UInt32(0))
        file.append(UInt16(members.count))
        file.append(UInt16(members.count))
        file.append(UInt32(directory.count))
        file.append(UInt32(start))
        file.append(UInt16(0))
        return file
    }

    /// What a member's two headers have in common: from the version that extracts it to the extra field's length.
    private static func commonHeader(of member: Member) -> [UInt8] {
        var header: [UInt8] = []
        // 2.0; names in UTF-8; deflated; 1980-01-01 00:00.
        for value: UInt16 in [20, 0x0800, 8, 0, 0x0021] { header.append(value) }
        header.append(member.content.checksum)
        header.append(UInt32(member.content.bytes.count))
        header.append(UInt32(member.content.count))
        header.append(UInt16(member.name.utf8.count))
        header.append(UInt16(0))
        return header
    }

    /// An archive of these members.
    public init(_ members: [Member]) { self.members = members }

    /// Whether bytes begin as an archive does.
    public static func begins(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) }

    /// Reads an archive; nil where it is damaged, holds more members, or is not of the simple kind that is written here.
    ///
    /// Only where ``bytes`` are the same again is there nothing in the file that another program could read in another way.
    public init?(reading bytes: [UInt8], maximumMembers: Int = 16) {
        let end = bytes.count - 22
        guard end >= 0, Self.number(bytes, end, 4) == Int(Self.endSignature),
            let count = Self.number(bytes, end + 10, 2), count <= maximumMembers,
            var place = Self.number(bytes, end + 16, 4)
        else { return nil }
        members = []
        for _ in 0..<count {
            guard Self.number(bytes, place, 4) == Int(Self.centralSignature),
                let flags = Self.number(bytes, place + 8, 2), flags & ~0x0806 == 0,
                Self.number(bytes, place + 10, 2) == 8,
                let checksum = Self.number(bytes, place + 16, 4),
                let compressed = Self.number(bytes, place + 20, 4),
                let original = Self.number(bytes, place + 24, 4),
                let nameLength = Self.number(bytes, place + 28, 2),
                let extraLength = Self.number(bytes, place + 30, 2),
                let commentLength = Self.number(bytes, place + 32, 2),
                let offset = Self.number(bytes, place + 42, 4),
                let name = Self.slice(bytes, place + 46, nameLength),
                Self.number(bytes, offset, 4) == Int(Self.localSignature),
                let localNameLength = Self.number(bytes, offset + 26, 2),
                let localExtraLength = Self.number(bytes, offset + 28, 2),
                let content = Self.slice(bytes, offset + 30 + localNameLength + localExtraLength, compressed)
            else { return nil }
            members.append(
                Member(
                    name: String(decoding: name, as: UTF8.self),
                    content: Deflated(
                        bytes: Array(content), count: original, checksum: UInt32(truncatingIfNeeded: checksum)
                    )))
            place += 46 + nameLength + extraLength + commentLength
        }
    }

    /// A member's content by its name.
    public func content(_ name: String) -> Deflated? { members.first { $0.name == name }?.content }

    private static func slice(_ bytes: [UInt8], _ start: Int, _ count: Int) -> ArraySlice<UInt8>? {
        guard start >= 0, count >= 0, start <= bytes.count, count <= bytes.count - start else { return nil }
        return bytes[start..<start + count]
    }

    /// A number of two or four bytes, the least first.
    private static func number(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Int? {
        slice(bytes, start, count)?.reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}

extension [UInt8] {
    fileprivate mutating func append<Number: FixedWidthInteger & UnsignedInteger>(_ number: Number) {
        for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
            append(UInt8(truncatingIfNeeded: number >> Number(shift)))
        }
    }
}
