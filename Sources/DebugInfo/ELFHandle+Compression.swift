import CElfutils
import Glibc

/// What libdw would decompress without a question: it opens every debug section of a file at once.
extension ELFHandle {
    /// More than debug information is ever compressed by (3 to 10 times), and a size that does not matter.
    private static let (greatestRatio, harmlessSize): (UInt64, UInt64) = (64, 64 << 20)

    /// What is wrong with a compressed section that claims to hold far more than its bytes can be.
    var decompressionBomb: String? {
        for section in sections()
        where section.name.hasPrefix(".debug_") || section.name.hasPrefix(".zdebug_") {
            guard let claimed = decompressedSize(section.name, section.header, section.section) else {
                continue
            }
            let size = section.header.sh_size
            if claimed > Self.harmlessSize, claimed / Self.greatestRatio > size {
                return
                    "its section '\(section.name)' of \(size) bytes claims to hold \(claimed) when decompressed"
            }
        }
        return nil
    }

    private func decompressedSize(_ name: String, _ header: GElf_Shdr, _ section: OpaquePointer) -> UInt64? {
        if header.sh_flags & UInt64(SHF_COMPRESSED) != 0 {
            var compression = GElf_Chdr()
            return gelf_getchdr(section, &compression) == nil ? nil : compression.ch_size
        }
        // GNU's older form: "ZLIB" and the size, the highest byte first.
        guard name.hasPrefix(".zdebug_"), let data = elf_rawdata(section, nil),
            let start = data.pointee.d_buf,
            data.pointee.d_size >= 12
        else { return nil }
        let bytes = UnsafeRawBufferPointer(start: start, count: 12)
        return bytes.starts(with: "ZLIB".utf8) ? bytes[4...].reduce(0) { $0 << 8 | UInt64($1) } : nil
    }
}
