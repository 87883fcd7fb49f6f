import CSodium

/// Bytes that nobody else is to see: not swapped out, not in core dumps, and overwritten when they go.
final class SecretBytes {
    /// The bytes; valid for as long as this lives.
    let bytes: UnsafeMutableRawBufferPointer

    /// Takes memory for so many bytes, at least one.
    init(count: Int) {
        Sodium.start()
        guard let start = sodium_malloc(count) else { fatalError("there is no memory for a key") }
        bytes = UnsafeMutableRawBufferPointer(start: start, count: count)
    }

    /// Takes a copy of some bytes, whose owner has to see that they go.
    convenience init(_ source: some Collection<UInt8>) {
        self.init(count: source.count)
        bytes.copyBytes(from: source)
    }

    deinit { sodium_free(bytes.baseAddress) }

    /// Overwrites the bytes of an array that is not needed any more.
    static func wipe(_ array: inout [UInt8]) {
        array.withUnsafeMutableBytes { sodium_memzero($0.baseAddress, $0.count) }
    }
}
