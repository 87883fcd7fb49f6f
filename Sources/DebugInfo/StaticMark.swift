import CElfutils
import Glibc

/// A static mark: a place that the source names with `STAP_PROBE` or `DTRACE_PROBE` of sys/sdt.h.
///
/// Read from the notes of `.note.stapsdt`; see the SystemTap wiki, UserSpaceProbeImplementation.
public struct StaticMark: Sendable, Hashable {
    /// Who provides it, such as `libc`.
    public var provider: String
    /// Its own name, with `__` where `-` may be written.
    public var name: String
    /// Where it is, in the file's own address space.
    public var address: UInt64
    /// Where the counter is that says whether anybody watches; nil where the mark has none.
    public var semaphore: UInt64?
    /// What `$arg1`, `$arg2`, … are.
    public var arguments: [MarkArgument]
}

extension Binary {
    /// The marks of the binary, in the order of its notes.
    public func marks() -> [StaticMark] {
        let sections = elf.sections()
        guard let notes = sections.first(where: { $0.name == ".note.stapsdt" }),
            notes.header.sh_type == UInt32(SHT_NOTE), notes.header.sh_flags & UInt64(SHF_ALLOC) == 0,
            let data = elf_getdata(notes.section, nil), let buffer = data.pointee.d_buf
        else { return [] }
        let base = sections.first { $0.name == ".stapsdt.base" }?.header.sh_addr
        let content = UnsafeRawBufferPointer(start: buffer, count: data.pointee.d_size)
        var found: [StaticMark] = []
        var offset = 0
        var header = GElf_Nhdr()
        var nameOffset = 0
        var bodyOffset = 0
        while true {
            let next = gelf_getnote(data, offset, &header, &nameOffset, &bodyOffset)
            guard next > offset else { break }
            offset = next
            let nameEnd = nameOffset + Int(header.n_namesz)
            let bodyEnd = bodyOffset + Int(header.n_descsz)
            guard header.n_type == 3, nameEnd <= content.count, bodyEnd <= content.count,
                content[nameOffset..<nameEnd].elementsEqual("stapsdt\0".utf8)
            else { continue }
            let body = UnsafeRawBufferPointer(rebasing: content[bodyOffset..<bodyEnd])
            if let mark = mark(body, base: base) { found.append(mark) }
        }
        return found
    }

    /// Reads a note: three addresses, and three strings that end with 0.
    private func mark(_ body: UnsafeRawBufferPointer, base: UInt64?) -> StaticMark? {
        guard body.count >= 27 else { return nil }
        func address(_ index: Int) -> UInt64 {
            UInt64(littleEndian: body.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
        }
        let strings = body[24...].split(separator: 0, maxSplits: 3, omittingEmptySubsequences: false)
        guard strings.count == 4, strings[3].isEmpty else { return nil }
        let text = strings.map { String(decoding: $0, as: UTF8.self) }
        // Where a prelinker has moved the file, the notes, which are not loaded, still have the old addresses; the
        // section .stapsdt.base was moved along.
        let moved = base.map { $0 &- address(1) } ?? 0
        let semaphore = address(2)
        return StaticMark(
            provider: text[0], name: text[1], address: address(0) &+ moved,
            semaphore: semaphore == 0 ? nil : semaphore &+ moved,
            arguments: MarkArgument.parse(text[2], symbols: symbols))
    }
}
