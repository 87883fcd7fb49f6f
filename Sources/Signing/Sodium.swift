import CSodium

/// A thin skin over libsodium: the few functions that minisign's format is made of.
enum Sodium {
    /// An Ed25519 signature (RFC 8032), in bytes.
    static let signatureSize = 64
    /// An Ed25519 public key, in bytes.
    static let publicKeySize = 32
    /// libsodium's form of an Ed25519 secret key, the seed and the public key behind it, in bytes.
    static let secretKeySize = 64

    private static let isReady = sodium_init() >= 0

    /// Has libsodium choose its implementations for this processor, once; nothing of it works before.
    static func start() { precondition(isReady, "libsodium cannot be started") }

    /// The BLAKE2b digest (RFC 7693) of so many bytes, 16 to 64.
    static func blake2b(_ bytes: [UInt8], size: Int) -> [UInt8] {
        start()
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            _ = crypto_generichash(buffer.baseAddress!, size, bytes, UInt64(bytes.count), nil, 0)
            count = size
        }
    }

    /// Whether a signature of that size is one of the message by the key's owner.
    static func isValid(_ signature: [UInt8], of message: [UInt8], by key: [UInt8]) -> Bool {
        start()
        guard signature.count == signatureSize, key.count == publicKeySize else { return false }
        return crypto_sign_verify_detached(signature, message, UInt64(message.count), key) == 0
    }

    /// The signature of a message.
    static func signature(of message: [UInt8], by key: UnsafeRawBufferPointer) -> [UInt8] {
        start()
        precondition(key.count == secretKeySize)
        return [UInt8](unsafeUninitializedCapacity: signatureSize) { buffer, count in
            _ = crypto_sign_detached(
                buffer.baseAddress!, nil, message, UInt64(message.count),
                key.bindMemory(to: UInt8.self).baseAddress!)
            count = signatureSize
        }
    }

    /// What scrypt makes of a passphrase; nil where there is not the memory for it.
    ///
    /// `operations` and `memory` (in bytes) are libsodium's measures of what it is to cost.
    static func scrypt(
        _ passphrase: [UInt8], salt: [UInt8], operations: UInt64, memory: UInt64, size: Int
    ) -> SecretBytes? {
        start()
        precondition(salt.count == 32)
        let result = SecretBytes(count: size)
        let status = passphrase.withUnsafeBufferPointer { passphrase in
            passphrase.withMemoryRebound(to: CChar.self) { characters in
                crypto_pwhash_scryptsalsa208sha256(
                    result.bytes.bindMemory(to: UInt8.self).baseAddress!, UInt64(size),
                    // A pointer must be there, also to nothing.
                    characters.baseAddress ?? UnsafePointer(bitPattern: 1)!, UInt64(characters.count), salt,
                    operations, Int(memory))
            }
        }
        return status == 0 ? result : nil
    }

    /// The bytes of a text in base 64 (RFC 4648, section 4); nil where it is not the one text for them.
    static func bytes(base64 encoded: some Collection<UInt8>) -> [UInt8]? {
        let text = encoded.map(CChar.init(bitPattern:))
        var count = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: text.count) { buffer, filled in
            guard let start = buffer.baseAddress,
                sodium_base642bin(
                    start, text.count, text, text.count, nil, &count, nil,
                    Int32(sodium_base64_VARIANT_ORIGINAL)) == 0
            else { return }
            filled = count
        }
        // libsodium also takes some bytes beyond ASCII for letters.
        return !bytes.isEmpty && base64(bytes).utf8.elementsEqual(encoded) ? bytes : nil
    }

    /// The text for some bytes in base 64.
    static func base64(_ bytes: [UInt8]) -> String {
        let variant = Int32(sodium_base64_VARIANT_ORIGINAL)
        let room = sodium_base64_encoded_len(bytes.count, variant)
        var text = [CChar](repeating: 0, count: room)
        sodium_bin2base64(&text, room, bytes, bytes.count, variant)
        return String(decoding: text.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
