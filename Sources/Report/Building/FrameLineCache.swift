import Glibc

/// Recognizes lines of backtraces that were read before, by their bytes, without reading them again.
///
/// A place in a program prints the same line each time, and a run's stacks go through few places. A line has one slot,
/// which its hash chooses, and is kept there when it comes for the second time in a row; what was kept before is
/// displaced. The lines lie one behind the other, so that few parts of the memory are touched; when there is no more
/// room, all are forgotten. So memory is bounded, lines that do not come again cost little, and a line that is not found
/// is only read anew.
struct FrameLineCache: Sendable {
    /// What a line was read as.
    struct Reading: Sendable, Equatable {
        /// The frame's number.
        var frame: Int32
        /// Whether it stated an address.
        var isAddressed: Bool
    }

    private struct Slot {
        /// Of the line that is kept.
        var hash: UInt32 = 0
        /// Where it begins among the bytes.
        var start: UInt32 = 0
        var reading = Reading(frame: 0, isAddressed: false)
        /// How long it is; 0 as long as there is none.
        var length: UInt8 = 0
        /// Of the line that was offered last.
        var offered: UInt32 = 0
    }

    private static let slotBits = 16
    /// The most bytes of a line that is kept.
    private static let longest = 128
    /// The most bytes of all that are kept.
    private static let room = 2 << 20

    /// Empty until the first line is offered.
    private var slots: [Slot] = []
    private var bytes: [UInt8] = []

    /// What a line was read as; nil where it is not kept.
    func reading(of line: ArraySlice<UInt8>) -> Reading? {
        guard !slots.isEmpty, !line.isEmpty, line.count <= Self.longest else { return nil }
        return line.withUnsafeBytes { line in
            let (number, hash) = Self.place(of: line)
            let slot = slots[number]
            guard slot.hash == hash, Int(slot.length) == line.count else { return nil }
            let isSame = bytes.withUnsafeBytes { bytes in
                memcmp(bytes.baseAddress! + Int(slot.start), line.baseAddress!, line.count) == 0
            }
            return isSame ? slot.reading : nil
        }
    }

    /// Takes note of what a line was read as, unless it is long.
    mutating func offer(_ reading: Reading, of line: ArraySlice<UInt8>) {
        guard line.count <= Self.longest else { return }
        if slots.isEmpty || bytes.count + line.count > Self.room {
            slots = Array(repeating: Slot(), count: 1 << Self.slotBits)
            bytes.removeAll(keepingCapacity: true)
        }
        line.withUnsafeBytes { line in
            let (number, hash) = Self.place(of: line)
            guard slots[number].offered == hash else {
                slots[number].offered = hash
                return
            }
            slots[number].hash = hash
            slots[number].start = UInt32(bytes.count)
            slots[number].reading = reading
            slots[number].length = UInt8(line.count)
            bytes += line
        }
    }

    /// A line's slot and the rest of its hash, from eight bytes at a time; who makes lines meet only has them read anew.
    private static func place(of line: UnsafeRawBufferPointer) -> (slot: Int, hash: UInt32) {
        var hash = UInt64(line.count)
        func mix(_ word: UInt64) {
            hash = (hash ^ word) &* 0x9E37_79B9_7F4A_7C15
            hash ^= hash >> 32
        }
        if line.count >= 8 {
            for position in stride(from: 0, to: line.count - 8, by: 8) {
                mix(line.loadUnaligned(fromByteOffset: position, as: UInt64.self))
            }
            mix(line.loadUnaligned(fromByteOffset: line.count - 8, as: UInt64.self))
        } else {
            for byte in line { mix(UInt64(byte)) }
        }
        return (Int(hash >> (64 - UInt64(slotBits))), UInt32(truncatingIfNeeded: hash))
    }
}
