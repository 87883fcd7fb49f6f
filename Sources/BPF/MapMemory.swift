import Glibc

/// The value of an array map of one element in this process's memory: what programs write is there at once.
///
/// From 5.5. The map must be made with `isMapped`.
public final class MapMemory: @unchecked Sendable {
    private let start: UnsafeMutableRawPointer
    private let size: Int

    /// Maps a map's value.
    ///
    /// - Throws: What the kernel refused.
    public init(_ map: BPFMap) throws(BPFError) {
        size = map.valueSize
        let result = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, map.descriptor, 0)
        guard let result, result != MAP_FAILED else {
            throw BPFError(operation: .useMap(map.name), code: errno)
        }
        start = result
    }

    deinit { munmap(start, size) }

    /// The 8 bytes at an offset, which is a multiple of 8 and within the value.
    public subscript(offset: Int) -> UInt64 {
        get { word(offset).pointee }
        set { word(offset).pointee = newValue }
    }

    /// Bytes from an offset on, within the value.
    public func bytes(at offset: Int, count: Int) -> [UInt8] {
        precondition(offset >= 0 && count >= 0 && offset + count <= size, "within the value")
        return Array(UnsafeRawBufferPointer(start: start + offset, count: count))
    }

    /// Writes bytes from an offset on, within the value.
    public func set(_ bytes: [UInt8], at offset: Int) {
        precondition(offset >= 0 && offset + bytes.count <= size, "within the value")
        bytes.withUnsafeBytes {
            (start + offset).copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(start), byteCount: $0.count)
        }
    }

    private func word(_ offset: Int) -> UnsafeMutablePointer<UInt64> {
        precondition(offset >= 0 && offset % 8 == 0 && offset + 8 <= size, "within the value")
        return (start + offset).assumingMemoryBound(to: UInt64.self)
    }
}
