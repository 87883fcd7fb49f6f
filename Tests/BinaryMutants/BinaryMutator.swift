import TestSupport

/// Damages a sound ELF file in the ways that its readers must survive.
///
/// Each damage is one that a hostile or half-copied file could have, and that reaches a reader of its own: the
/// headers, a section's bytes, the abbreviations that everything else is read by, the references between entries.
public struct BinaryMutator: Sendable {
    /// A way to damage a file.
    public enum Damage: String, CaseIterable, Sendable {
        /// Cut off at, or one byte beside, a header's or a section's border.
        case truncation
        /// A field of the file's header (`e_shoff`, `e_shnum`, `e_shstrndx`, …).
        case fileHeader
        /// A field of a section's header (`sh_size`, `sh_link`, `sh_type`, `sh_entsize`, …).
        case sectionHeader
        /// A field of a program header (`p_filesz`, `p_offset`, …).
        case programHeader
        /// Bytes and bits of one section.
        case bytes
        /// A LEB128 number that does not end, or ends beyond 64 bits.
        case leb
        /// A reference between entries: to itself, backwards, into another's middle.
        case reference
        /// Every reference of a section's stretch points to one entry: sibling loops, cyclic types.
        case references
        /// Stretches of the abbreviations swapped.
        case abbreviations
        /// A huge number where a count or a length may stand.
        case count
        /// The header of a compressed section lies, or a section claims to be compressed.
        case compression
        /// A stretch of a section copied over another.
        case splice
    }

    /// The sections that are worth it, by weight: what most readers go through comes more often.
    private static let interesting = [
        ".debug_info", ".debug_info", ".debug_info", ".debug_abbrev", ".debug_abbrev", ".debug_line",
        ".debug_line", ".debug_str", ".debug_str_offsets", ".debug_line_str", ".debug_loclists", ".debug_loc",
        ".debug_rnglists", ".debug_ranges", ".debug_aranges", ".debug_addr", ".debug_types", ".eh_frame",
        ".note.gnu.build-id", ".note.stapsdt", ".dynamic", ".dynstr", ".symtab", ".strtab", ".shstrtab",
        ".gnu_debuglink", ".interp",
    ]

    private let good: [UInt8]
    private let layout: ELFLayout
    private let targets: [ELFLayout.Section]

    /// Prepares to damage a file.
    public init(_ good: [UInt8]) {
        self.good = good
        layout = ELFLayout(good)
        let sections = layout.sections.filter { !$0.content.isEmpty }
        targets = Self.interesting.flatMap { name in sections.filter { $0.name == name } }
    }

    /// The damaged file that a seed stands for, and how it was damaged.
    public func mutant(seed: UInt64) -> (bytes: [UInt8], damage: [Damage]) {
        var random = SeededGenerator(seed: seed)
        var bytes = good
        var done: [Damage] = []
        // Damages add up: a reader that refuses the first would hide what lies behind it, so mostly one.
        let count = [1, 1, 1, 2, 4].randomElement(using: &random) ?? 1
        for _ in 0..<count {
            let damage = Damage.allCases.randomElement(using: &random) ?? .bytes
            apply(damage, to: &bytes, &random)
            done.append(damage)
        }
        return (bytes, done)
    }

    private func apply(_ damage: Damage, to bytes: inout [UInt8], _ random: inout SeededGenerator) {
        switch damage {
        case .truncation: truncate(&bytes, &random)
        case .fileHeader:
            let fields = [
                (0x10, 2), (0x20, 8), (0x28, 8), (0x34, 2), (0x36, 2), (0x38, 2), (0x3A, 2), (0x3C, 2),
                (0x3E, 2),
            ]
            edit(fields, at: 0, in: &bytes, &random)
        case .sectionHeader:
            let section = (Bool.random(using: &random) ? targets : layout.sections).randomElement(
                using: &random)
            let fields = [
                (0, 4), (4, 4), (8, 8), (0x10, 8), (0x18, 8), (0x20, 8), (0x28, 4), (0x2C, 4), (0x30, 8),
                (0x38, 8),
            ]
            edit(fields, at: section?.header ?? 0, in: &bytes, &random)
        case .programHeader:
            guard let header = layout.programHeaders.randomElement(using: &random) else { return }
            edit(
                [(0, 4), (8, 8), (0x10, 8), (0x20, 8), (0x28, 8), (0x30, 8)], at: header, in: &bytes, &random)
        case .bytes: flip(&bytes, &random)
        case .leb: blowUp(&bytes, &random)
        case .reference: redirect(&bytes, &random, limit: 3)
        case .references: redirect(&bytes, &random, limit: 400)
        case .abbreviations: swapAbbreviations(&bytes, &random)
        case .count: putCount(&bytes, &random)
        case .compression: lieAboutCompression(&bytes, &random)
        case .splice: splice(&bytes, &random)
        }
    }

    // MARK: The headers

    private func truncate(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        var borders = [ELFLayout.fileHeader]
        for section in layout.sections {
            borders += [section.header, section.content.lowerBound, section.content.upperBound]
        }
        borders += layout.programHeaders
        borders.append(Int.random(in: 0..<max(1, good.count), using: &random))
        let border = (borders.randomElement(using: &random) ?? 0) + Int.random(in: -1...1, using: &random)
        guard border >= 0, border < bytes.count else { return }
        bytes.removeLast(bytes.count - border)
    }

    private func edit(
        _ fields: [(offset: Int, size: Int)], at header: Int, in bytes: inout [UInt8],
        _ random: inout SeededGenerator
    ) {
        guard let field = fields.randomElement(using: &random) else { return }
        let place = header + field.offset
        guard place + field.size <= bytes.count else { return }
        let old = (0..<field.size).reduce(UInt64(0)) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) }
        write(Self.nasty(old, fileSize: good.count, &random), size: field.size, at: place, in: &bytes)
    }

    private static func nasty(_ old: UInt64, fileSize: Int, _ random: inout SeededGenerator) -> UInt64 {
        let choices: [UInt64] = [
            0, 1, 2, 8, old &+ 1, old &- 1, old &+ 8, old << 1, old >> 1,
            old ^ 1 << UInt64.random(in: 0..<32, using: &random),
            UInt64(fileSize), UInt64(fileSize) &- 1, UInt64(fileSize) &+ 1, 0x7FFF, 0xFFFF, 0xFF00,
            0x7FFF_FFFF, 0x8000_0000,
            0xFFFF_FFFF, 1 << 32, 1 << 62, UInt64(Int64.max), 1 << 63, .max, .max - 7,
            UInt64.random(in: 0..<UInt64(max(1, fileSize)), using: &random),
            UInt64.random(in: 0...64, using: &random),
        ]
        return choices.randomElement(using: &random) ?? 0
    }

    private func write(_ value: UInt64, size: Int, at place: Int, in bytes: inout [UInt8]) {
        guard place >= 0, place + size <= bytes.count else { return }
        for index in 0..<size { bytes[place + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
    }

    // MARK: The sections

    /// A section to damage, as far as the file still holds it.
    private func target(
        _ bytes: [UInt8], _ random: inout SeededGenerator, named names: Set<String>? = nil
    ) -> Range<Int>? {
        let found = names.map { names in targets.filter { names.contains($0.name) } } ?? targets
        let content = found.randomElement(using: &random)?.content.clamped(to: 0..<bytes.count)
        return content.flatMap { $0.count >= 8 ? $0 : nil }
    }

    private func flip(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        guard let range = target(bytes, &random) else { return }
        for _ in 0..<Int.random(in: 1...24, using: &random) {
            let place = Int.random(in: range, using: &random)
            bytes[place] =
                switch Int.random(in: 0..<4, using: &random) {
                case 0: UInt8.random(in: 0...255, using: &random)
                case 1: bytes[place] &+ 1
                case 2: [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random) ?? 0
                default: bytes[place] ^ 1 << UInt8.random(in: 0...7, using: &random)
                }
        }
    }

    private func blowUp(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        guard let range = target(bytes, &random) else { return }
        let start = Int.random(in: range, using: &random)
        let end = min(start + Int.random(in: 2...24, using: &random), range.upperBound)
        let fill = Bool.random(using: &random) ? UInt8(0xFF) : 0x80
        for place in start..<end { bytes[place] = fill }
        if Bool.random(using: &random) { bytes[end - 1] = UInt8.random(in: 0...0x7F, using: &random) }
    }

    /// Points four-byte words that look like references within the unit somewhere else.
    private func redirect(_ bytes: inout [UInt8], _ random: inout SeededGenerator, limit: Int) {
        guard let range = target(bytes, &random, named: [".debug_info", ".debug_types"]) else { return }
        let aim = UInt64(Int.random(in: 0..<range.count, using: &random))
        var place = Int.random(in: range, using: &random)
        var changed = 0
        while place + 4 <= range.upperBound, changed < limit {
            let old = (0..<4).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
            if old > 11, old < range.count, bytes[place + 3] == 0,
                bytes[place + 2] == 0 || range.count > 65_535
            {
                let new: UInt64 =
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: UInt64(place - range.lowerBound)
                    case 1: UInt64(max(0, place - range.lowerBound - Int.random(in: 0...8, using: &random)))
                    case 2: UInt64(place - range.lowerBound + Int.random(in: 0...16, using: &random))
                    default: aim
                    }
                write(new, size: 4, at: place, in: &bytes)
                changed += 1
                place += 3
            }
            place += 1
        }
    }

    private func swapAbbreviations(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        guard let range = target(bytes, &random, named: [".debug_abbrev"]) else { return }
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let length = Int.random(in: 1...6, using: &random)
            let (first, second) = (
                Int.random(in: range, using: &random), Int.random(in: range, using: &random)
            )
            guard max(first, second) + length <= range.upperBound else { continue }
            for index in 0..<length { bytes.swapAt(first + index, second + index) }
        }
    }

    private func putCount(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        guard let range = target(bytes, &random) else { return }
        let size = [1, 2, 4, 8].randomElement(using: &random) ?? 4
        // Counts and lengths mostly stand at a section's beginning.
        let reach =
            Bool.random(using: &random)
            ? range : range.lowerBound..<min(range.lowerBound + 64, range.upperBound)
        let place = Int.random(in: reach, using: &random)
        guard place + size <= range.upperBound else { return }
        write(
            Self.nasty(UInt64(range.count), fileSize: good.count, &random), size: size, at: place, in: &bytes)
    }

    private func lieAboutCompression(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        if let section = targets.filter(\.isCompressed).randomElement(using: &random) {
            edit([(0, 4), (8, 8), (8, 8), (16, 8)], at: section.content.lowerBound, in: &bytes, &random)
        } else if let section = targets.randomElement(using: &random), section.content.count >= 24 {
            write(section.flags | 0x800, size: 8, at: section.header + 8, in: &bytes)
            guard Bool.random(using: &random) else { return }
            write(1, size: 8, at: section.content.lowerBound, in: &bytes)
            edit([(8, 8)], at: section.content.lowerBound, in: &bytes, &random)
        }
    }

    private func splice(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        guard let range = target(bytes, &random) else { return }
        let length = min(Int.random(in: 2...64, using: &random), range.count / 2)
        let from = Int.random(in: range.lowerBound...range.upperBound - length, using: &random)
        let to = Int.random(in: range.lowerBound...range.upperBound - length, using: &random)
        let stretch = Array(bytes[from..<from + length])
        for index in 0..<length { bytes[to + index] = stretch[index] }
    }
}
