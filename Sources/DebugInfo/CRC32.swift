/// The checksum of `.gnu_debuglink`: CRC-32 with the reflected polynomial 0xEDB88320.
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
    }

    /// The checksum of a regular file's bytes, read bit by bit, for a debug file can be larger than memory.
    static func ofFile(_ path: String) -> UInt32? {
        var value: UInt32 = .max
        let isRead = SmallFile.forEachChunk(path, limit: .max) { chunk in
            for byte in chunk { value = table[Int((value ^ UInt32(byte)) & 0xFF)] ^ value >> 8 }
        }
        return isRead ? ~value : nil
    }
}
