import BPF
import Glibc

/// Probes at addresses of programs, on their way to their places.
struct AddressProbes {
    /// When a program is placed.
    enum Turn: CaseIterable {
        /// What saves values for a return: a return without it would find nothing saved.
        case entry
        /// Returns: a call that is seen has its return seen, too.
        case functionReturn
        /// All others.
        case other
    }

    /// A probe that the kernel did not take: it replaces the instruction by a trap and executes it elsewhere, which it
    /// cannot do of each (`arch_uprobe_analyze_insn`), such as one with a LOCK prefix.
    struct Refused: Hashable {
        /// The probe point.
        var text: String
        /// The instruction's place in the file, in bytes.
        var offset: UInt64

        /// ENOTSUPP, which errno.h does not have.
        static let code: Int32 = 524
    }

    private struct Probe {
        var offset: UInt64
        var semaphore: UInt64?
        var cookie: UInt64?
        var process: Int32?
        var text: String
    }

    /// What probes must have in common to be placed by one link.
    private struct Key: Hashable {
        var turn: Turn
        var program: Int32
        var path: String
    }

    private var groups: [Key: (program: BPFProgram, probes: [Probe])] = [:]
    private var order: [Key] = []
    private(set) var attachments: [Attachment] = []
    private(set) var refused: [Refused] = []

    /// Notes a program that is to run at an instruction of a file; nothing is placed yet.
    mutating func add(
        _ program: BPFProgram, _ turn: Turn, path: String, offset: UInt64, semaphore: UInt64?,
        cookie: UInt64?, process: Int32?, text: String
    ) {
        let key = Key(turn: turn, program: program.descriptor, path: path)
        if groups[key] == nil { order.append(key) }
        groups[key, default: (program, [])].probes.append(
            Probe(offset: offset, semaphore: semaphore, cookie: cookie, process: process, text: text))
    }

    /// Places them, turn by turn.
    ///
    /// - Throws: What the kernel refused for another reason than the instruction.
    mutating func place() throws(BPFError) {
        // The kernel looks at an instruction where a process has it mapped, and tells nobody if that comes later.
        let mappings = Set(order.map(\.path)).compactMap { FileMapping(path: $0) }
        for turn in Turn.allCases {
            for key in order where key.turn == turn {
                guard let (program, probes) = groups[key] else { continue }
                if program.isLinked {
                    try place(probes[...], program, key)
                } else {
                    for probe in probes { try place([probe], program, key) }
                }
            }
        }
        withExtendedLifetime(mappings) {}
    }

    /// Places probes of one program; where one is refused, all are, and it is looked for by halves.
    private mutating func place(_ probes: ArraySlice<Probe>, _ program: BPFProgram, _ key: Key)
        throws(BPFError)
    {
        do throws(BPFError) {
            attachments.append(try Self.attachment(probes, program, key))
        } catch {
            guard error.code == Refused.code, let first = probes.first else { throw error }
            guard probes.count > 1 else {
                let refused = Refused(text: first.text, offset: first.offset)
                if !self.refused.contains(refused) { self.refused.append(refused) }
                return
            }
            let middle = probes.startIndex + probes.count / 2
            try place(probes[..<middle], program, key)
            try place(probes[middle...], program, key)
        }
    }

    private static func attachment(
        _ probes: ArraySlice<Probe>, _ program: BPFProgram, _ key: Key
    ) throws(BPFError) -> Attachment {
        let isReturn = key.turn == .functionReturn
        guard !program.isLinked, let probe = probes.first else {
            return try Attachment(
                path: key.path,
                probes.map {
                    Attachment.Place(offset: $0.offset, semaphore: $0.semaphore, cookie: $0.cookie ?? 0)
                }, isReturn: isReturn, process: probes.first?.process, program)
        }
        return try Attachment(
            path: key.path, offset: probe.offset, isReturn: isReturn, semaphore: probe.semaphore,
            cookie: probe.cookie, process: probe.process, program)
    }
}

/// A file in this process's memory, for as long as it is kept; it is not read.
private final class FileMapping {
    private let address: UnsafeMutableRawPointer
    private let size: Int

    /// nil where the file cannot be mapped.
    init?(path: String) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_size > 0,
            let address = mmap(nil, Int(status.st_size), PROT_READ, MAP_PRIVATE, file, 0),
            address != MAP_FAILED
        else { return nil }
        self.address = address
        size = Int(status.st_size)
    }

    deinit { munmap(address, size) }
}
