internal import CPerf

/// Reads the records of a perf ring that ``MappingTracker`` opens: each ends with PID, TID and time
/// (`sample_id_all`).
enum PerfRecord {
    /// The bytes in front of every record: type, flags, size.
    static let headerSize = 8
    private static let trailerSize = 16
    // Macros that Swift does not import.
    private static let executed: UInt16 = 1 << 13
    private static let hasBuildID: UInt16 = 1 << 14

    /// What a whole record tells; nil for those of threads, other names and unknown kinds, and for garbled ones.
    static func event(_ bytes: UnsafeRawBufferPointer) -> ProcessEvent? {
        guard bytes.count >= headerSize + trailerSize else { return nil }
        let type = number(bytes, 0, UInt32.self)
        let flags = number(bytes, 4, UInt16.self)
        let time = number(bytes, bytes.count - 8, UInt64.self)
        let body = UnsafeRawBufferPointer(rebasing: bytes[headerSize..<(bytes.count - trailerSize)])
        guard body.count >= 8 else { return nil }
        let process = number(body, 0, Int32.self)
        let second = number(body, 4, Int32.self)
        func event(_ change: ProcessEvent.Change, of process: Int32) -> ProcessEvent {
            ProcessEvent(process: process, time: time, change: change)
        }
        switch type {
        case PERF_RECORD_MMAP2.rawValue:
            return mapping(body, hasBuildID: flags & hasBuildID != 0).map {
                event(.mapped($0), of: process)
            }
        case PERF_RECORD_COMM.rawValue:
            return flags & executed != 0 ? event(.executed, of: process) : nil
        case PERF_RECORD_FORK.rawValue:
            return process != second ? event(.forked(parent: second), of: process) : nil
        case PERF_RECORD_EXIT.rawValue:
            // PID, parent's PID, TID: the first thread's end is the process's.
            guard body.count >= 16, number(body, 8, Int32.self) == process else { return nil }
            return event(.exited, of: process)
        case PERF_RECORD_LOST.rawValue:
            guard body.count >= 16 else { return nil }
            return event(.lost(number(body, 8, UInt64.self)), of: -1)
        default:
            return nil
        }
    }

    /// PID, TID, address, length, offset; major, minor, inode, generation or a build id; protection, flags, name.
    private static func mapping(_ body: UnsafeRawBufferPointer, hasBuildID: Bool) -> Mapping? {
        guard body.count > 64 else { return nil }
        let start = number(body, 8, UInt64.self)
        let (end, overflow) = start.addingReportingOverflow(number(body, 16, UInt64.self))
        guard !overflow, start < end else { return nil }
        let name = String(decoding: body[64...].prefix { $0 != 0 }, as: UTF8.self)
        let file =
            hasBuildID
            ? MappedFile(
                kernelName: name, buildID: Array(body[36...].prefix(Int(min(body[32], 20)))))
            : MappedFile(
                kernelName: name,
                device: UInt64(number(body, 32, UInt32.self)) << 32 | UInt64(number(body, 36, UInt32.self)),
                inode: number(body, 40, UInt64.self), version: number(body, 48, UInt64.self))
        return Mapping(
            addresses: start..<end, offset: number(body, 24, UInt64.self),
            isExecutable: number(body, 56, UInt32.self) & 4 != 0, file: file)
    }

    private static func number<Value: FixedWidthInteger>(
        _ bytes: UnsafeRawBufferPointer, _ offset: Int, _: Value.Type
    ) -> Value {
        bytes.loadUnaligned(fromByteOffset: offset, as: Value.self)
    }
}
