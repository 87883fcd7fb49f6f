import CSodium

/// The SHA-256 digest of FIPS 180-4, fed in pieces: by libsodium, whose archive costs a start nothing.
public struct SHA256 {
    private var state = crypto_hash_sha256_state()

    /// Begins a message.
    public init() { crypto_hash_sha256_init(&state) }

    /// The digest of some bytes in lower-case hexadecimal, as sha256sum(1) prints it.
    public static func hex(of bytes: some Collection<UInt8>) -> String {
        var hash = SHA256()
        hash.update(Array(bytes))
        return hash.finalize()
    }

    /// Adds bytes.
    public mutating func update(_ bytes: [UInt8]) {
        crypto_hash_sha256_update(&state, bytes, UInt64(bytes.count))
    }

    /// Adds a labelled value with its length, so that no two lists of values give the same bytes.
    public mutating func update(label: String, _ value: some Collection<UInt8>) {
        update(Array("\(label) \(value.count)\n".utf8))
        update(Array(value))
        update([0x0A])
    }

    /// Ends the message; the digest in lower-case hexadecimal.
    public consuming func finalize() -> String {
        var digest = [UInt8](repeating: 0, count: Int(crypto_hash_sha256_BYTES))
        crypto_hash_sha256_final(&state, &digest)
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
