import CBPF
import Glibc

/// The records that programs send, in the order in which they began them.
///
/// Used from one thread at a time.
public final class RingBuffer {
    private let map: BPFMap
    private let ring: OpaquePointer
    private let receiver: Receiver

    private final class Receiver {
        let take: (UnsafeRawBufferPointer) -> Void
        init(_ take: @escaping (UnsafeRawBufferPointer) -> Void) { self.take = take }
    }

    /// Makes a map's records known to this process.
    ///
    /// - Parameters:
    ///   - map: A ``BPFMap/Kind/ring``.
    ///   - take: Takes a record, whose memory is the kernel's and only lent.
    /// - Throws: What the kernel refused.
    public init(_ map: BPFMap, take: @escaping (UnsafeRawBufferPointer) -> Void) throws(BPFError) {
        self.map = map
        receiver = Receiver(take)
        let pointer = ring_buffer__new(
            map.descriptor,
            { context, data, size in
                guard let context, let data else { return 0 }
                let receiver = Unmanaged<Receiver>.fromOpaque(context).takeUnretainedValue()
                receiver.take(UnsafeRawBufferPointer(start: data, count: size))
                return 0
            }, Unmanaged.passUnretained(receiver).toOpaque(), nil)
        guard let pointer else { throw BPFError(operation: .readRing, code: errno) }
        ring = pointer
    }

    deinit { ring_buffer__free(ring) }

    /// Waits for records, at most so long, and takes all that are there.
    ///
    /// - Returns: How many there were.
    @discardableResult
    public func wait(milliseconds: Int32) -> Int { Int(max(ring_buffer__poll(ring, milliseconds), 0)) }

    /// Takes all records that are there.
    @discardableResult
    public func drain() -> Int { Int(max(ring_buffer__consume(ring), 0)) }
}
