import CZlib

/// Compresses bytes as they come (RFC 1951), and counts and checks them as a ZIP archive wants it.
public final class Deflater {
    private let stream: UnsafeMutablePointer<z_stream>
    private var compressed: [UInt8] = []
    private var checksum: UInt = 0
    /// How many bytes came.
    public private(set) var count = 0

    /// Starts with no bytes.
    public init() {
        // It stays in its place: zlib's state points to it.
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        // The fastest level: what is compressed comes while a run goes on.
        let status = deflateInit2_(
            stream, 1, Z_DEFLATED, -MAX_WBITS, MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib has no memory")
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Takes more bytes.
    public func add(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        count += bytes.count
        checksum = bytes.withUnsafeBufferPointer {
            crc32_z(checksum, $0.baseAddress, $0.count)
        }
        deflate(bytes, Z_NO_FLUSH)
    }

    /// Starts over.
    public func clear() {
        deflateReset(stream)
        compressed = []
        checksum = 0
        count = 0
    }

    /// The bytes, compressed; none may come after it.
    public func finish() -> Deflated {
        deflate([], Z_FINISH)
        return Deflated(bytes: compressed, count: count, checksum: UInt32(truncatingIfNeeded: checksum))
    }

    private func deflate(_ bytes: [UInt8], _ flush: Int32) {
        var bytes = bytes
        bytes.withUnsafeMutableBufferPointer { input in
            stream.pointee.next_in = input.baseAddress
            stream.pointee.avail_in = UInt32(input.count)
            repeat {
                let room = 1 << 16
                let chunk = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                    stream.pointee.next_out = buffer.baseAddress
                    stream.pointee.avail_out = UInt32(room)
                    _ = CZlib.deflate(stream, flush)
                    count = room - Int(stream.pointee.avail_out)
                }
                compressed += chunk
            } while stream.pointee.avail_out == 0
        }
    }
}

/// Bytes that were compressed (RFC 1951).
public struct Deflated: Sendable, Equatable {
    /// Compressed.
    public var bytes: [UInt8]
    /// How many they were before.
    public var count: Int
    /// Their CRC-32.
    public var checksum: UInt32

    /// Creates it from what is known of it.
    public init(bytes: [UInt8], count: Int, checksum: UInt32) {
        self.bytes = bytes
        self.count = count
        self.checksum = checksum
    }

    /// Compresses bytes.
    public init(_ bytes: [UInt8]) {
        let deflater = Deflater()
        deflater.add(bytes)
        self = deflater.finish()
    }

    /// The bytes; nil where they are not as many as they should be, or others.
    ///
    /// No more memory is taken than for as many as were announced.
    public func inflated() -> [UInt8]? {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        defer { stream.deallocate() }
        stream.initialize(to: z_stream())
        guard inflateInit2_(stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { return nil }
        defer { inflateEnd(stream) }
        var input = bytes
        var status = Z_OK
        let result = input.withUnsafeMutableBufferPointer { input in
            [UInt8](unsafeUninitializedCapacity: count + 1) { buffer, filled in
                stream.pointee.next_in = input.baseAddress
                stream.pointee.avail_in = UInt32(input.count)
                stream.pointee.next_out = buffer.baseAddress
                stream.pointee.avail_out = UInt32(count + 1)
                status = inflate(stream, Z_FINISH)
                filled = count + 1 - Int(stream.pointee.avail_out)
            }
        }
        guard status == Z_STREAM_END, result.count == count else { return nil }
        let found = result.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) }
        return UInt32(truncatingIfNeeded: found) == checksum ? result : nil
    }
}
