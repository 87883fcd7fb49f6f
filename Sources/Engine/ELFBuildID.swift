import Digests

/// The GNU build id of an ELF file, by its program headers' notes (ELF-64, little endian, as on amd64 and
/// arm64).
public enum ELFBuildID {
    /// The build id in hexadecimal; nil where the file has none or cannot be read.
    ///
    /// It needs no library in C, so that root may ask it of any file.
    public static func buildID(of path: String) -> String? {
        (try? Files.read(path, limit: limit)).flatMap(read)
    }

    /// The build id in hexadecimal, or, where there is none, the digest of the file's content.
    static func identity(of path: String) throws(EngineError) -> String {
        let bytes = try Files.read(path, limit: limit)
        return read(bytes) ?? "sha256:" + SHA256.hex(of: bytes)
    }

    private static let limit = 2 << 30

    /// The build id of an ELF image; nil for anything else.
    static func read(_ bytes: [UInt8]) -> String? {
        func number(_ offset: Int, _ size: Int) -> Int? {
            guard offset >= 0, offset <= bytes.count - size else { return nil }
            var value: UInt64 = 0
            for index in (0..<size).reversed() { value = value << 8 | UInt64(bytes[offset + index]) }
            return Int(exactly: value)
        }
        guard bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]), let table = number(32, 8),
            let entrySize = number(54, 2), entrySize >= 56, let count = number(56, 2)
        else { return nil }
        for index in 0..<count {
            guard table <= bytes.count else { return nil }
            let header = table + index * entrySize
            // PT_NOTE
            guard let type = number(header, 4) else { return nil }
            guard type == 4, let start = number(header + 8, 8), let size = number(header + 32, 8),
                start <= bytes.count, size <= bytes.count - start
            else { continue }
            var note = start
            while let name = number(note, 4), let length = number(note + 4, 4),
                let kind = number(note + 8, 4), note < start + size
            {
                let content = note + 12 + (name + 3) / 4 * 4
                guard content <= bytes.count, length <= bytes.count - content else { break }
                // NT_GNU_BUILD_ID
                if kind == 3, bytes[(note + 12)...].starts(with: [0x47, 0x4E, 0x55, 0]) {
                    return bytes[content..<content + length].map {
                        let digits = String($0, radix: 16)
                        return digits.count == 1 ? "0" + digits : digits
                    }.joined()
                }
                note = content + (length + 3) / 4 * 4
            }
        }
        return nil
    }
}
