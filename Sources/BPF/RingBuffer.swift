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
        /// How many more records may be taken before the caller has its turn.
        var patience = 0
        /// Whether the caller wants it at once.
        var isWanted: () -> Bool = { false }
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
                receiver.patience -= 1
                return receiver.patience > 0 && !receiver.isWanted() ? 0 : -ECANCELED
            }, Unmanaged.passUnretained(receiver).toOpaque(), nil)
        guard let pointer else { throw BPFError(operation: .readRing, code: errno) }
        ring = pointer
    }

    deinit { ring_buffer__free(ring) }

    /// Waits until there are records, at most so long, or until a program wakes us.
    public func wait(milliseconds: Int32) {
        var event = pollfd(fd: map.descriptor, events: Int16(POLLIN), revents: 0)
        poll(&event, 1, milliseconds)
    }

    /// Takes records that are there, at most so many: who prints them faster than we take them must not keep the
    /// caller from all else.
    ///
    /// - Parameters:
    ///   - limit: The most records.
    ///   - isWanted: Asked after each record; true ends the taking.
    /// - Returns: How many there were.
    @discardableResult
    public func take(atMost limit: Int, until isWanted: () -> Bool = { false }) -> Int {
        withoutActuallyEscaping(isWanted) { isWanted in
            receiver.patience = limit
            receiver.isWanted = isWanted
            defer { receiver.isWanted = { false } }
            // Its own count is lost where we stop it.
            _ = ring_buffer__consume(ring)
            return limit - receiver.patience
        }
    }
}
