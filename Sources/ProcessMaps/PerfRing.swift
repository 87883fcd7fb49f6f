internal import CPerf
import Glibc

/// Owns one processor's perf event and the ring that the kernel writes its records to.
final class PerfRing {
    let descriptor: Int32
    private let memory: UnsafeMutableRawPointer
    private let length: Int
    /// The ring's bytes, a power of two.
    private let size: Int

    /// Opens the ring.
    ///
    /// - Parameters:
    ///   - processor: The processor's number.
    ///   - size: The bytes of the ring: a power of two times the page size.
    /// - Throws: The error number: EACCES without CAP_PERFMON, ENODEV for a processor that is off.
    init(processor: Int32, size: Int) throws(PerfRingError) {
        let descriptor = cperf_open_side_band(processor, UInt32(clamping: size / 4))
        guard descriptor >= 0 else { throw PerfRingError(code: errno) }
        let length = size + Int(getpagesize())
        let memory = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0)
        guard let memory, memory != MAP_FAILED else {
            let code = errno
            close(descriptor)
            throw PerfRingError(code: code)
        }
        (self.descriptor, self.memory, self.length, self.size) = (descriptor, memory, length, size)
    }

    deinit {
        munmap(memory, length)
        close(descriptor)
    }

    /// Hands on the records that are there, and frees their room.
    func drain(_ body: (UnsafeRawBufferPointer) -> Void) {
        let page = memory.assumingMemoryBound(to: perf_event_mmap_page.self)
        let data = UnsafeRawPointer(memory + Int(getpagesize()))
        let head = cperf_head(page)
        var tail = page.pointee.data_tail
        // A record may go on at the ring's beginning, so it is copied out.
        var record = [UInt8](repeating: 0, count: 1 << 16)
        while head &- tail >= UInt64(PerfRecord.headerSize) {
            let start = Int(tail) & (size - 1)
            let length = Int(data.loadUnaligned(fromByteOffset: start + 6, as: UInt16.self))
            guard length >= PerfRecord.headerSize, UInt64(length) <= head &- tail else { break }
            let first = min(length, size - start)
            record.withUnsafeMutableBytes { copy in
                copy.copyMemory(from: UnsafeRawBufferPointer(start: data + start, count: first))
                if first < length {
                    UnsafeMutableRawBufferPointer(rebasing: copy[first...]).copyMemory(
                        from: UnsafeRawBufferPointer(start: data, count: length - first))
                }
                body(UnsafeRawBufferPointer(rebasing: copy[..<length]))
            }
            tail &+= UInt64(length)
        }
        cperf_set_tail(page, tail)
    }
}

/// Why a perf ring could not be opened.
public struct PerfRingError: Error, Sendable, Equatable {
    /// The error number.
    public var code: Int32
}
