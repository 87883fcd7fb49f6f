/// A key that signs, as minisign writes it: a comment, then one line in base 64.
///
/// The line holds the algorithms of the key, of its encryption and of its checksum, the salt (32 bytes) and the costs (two
/// numbers of 8 bytes) of the encryption; then, encrypted, the key's id, the key (64 bytes) and the checksum (32).
public struct SecretKey {
    private static let saltSize = 32
    private static let checksumSize = 32
    private static let encryptedSize = KeyID.size + Sodium.secretKeySize + checksumSize
    private static let size = 3 * Algorithm.size + saltSize + 16 + encryptedSize
    /// More than minisign ever asks for; the memory in bytes.
    private static let greatestCosts = (operations: UInt64(1) << 30, memory: UInt64(4) << 30)

    /// What tells it from others.
    public let id: KeyID
    private let secret: SecretBytes

    /// Reads a key's file.
    ///
    /// - Parameters:
    ///   - bytes: The file, which is overwritten.
    ///   - passphrase: Asked for where the key is encrypted; it is overwritten after its use.
    /// - Throws: What is wrong with the file or the passphrase, or what `passphrase` throws.
    public init(file bytes: inout [UInt8], passphrase: () throws -> [UInt8]) throws {
        defer { SecretBytes.wipe(&bytes) }
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        guard let last = lines.last, lines.count <= 2, var blob = Sodium.bytes(base64: last),
            blob.count == Self.size
        else { throw SigningProblem.noSecretKey }
        defer { SecretBytes.wipe(&blob) }
        guard Algorithm(blob[0..<2]) == .signature, let encryption = Algorithm(blob[2..<4]),
            Algorithm(blob[4..<6]) == .checksum
        else { throw SigningProblem.noSecretKey }
        let content = SecretBytes(blob.suffix(Self.encryptedSize))
        switch encryption {
        case .none: break
        case .scrypt:
            var words = try passphrase()
            defer { SecretBytes.wipe(&words) }
            try Self.decrypt(content, header: Array(blob[6..<54]), words)
        default: throw SigningProblem.noSecretKey
        }
        id = KeyID(content.bytes[..<KeyID.size])
        secret = SecretBytes(content.bytes[KeyID.size..<KeyID.size + Sodium.secretKeySize])
    }

    /// Decrypts the content in its place, by the salt and costs before it.
    private static func decrypt(
        _ content: SecretBytes, header: [UInt8], _ passphrase: [UInt8]
    ) throws(SigningProblem) {
        func number(_ start: Int) -> UInt64 {
            header[start..<start + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        let (operations, memory) = (number(saltSize), number(saltSize + 8))
        guard operations <= greatestCosts.operations, memory <= greatestCosts.memory else {
            throw .noSecretKey
        }
        guard
            let stream = Sodium.scrypt(
                passphrase, salt: Array(header[..<saltSize]), operations: operations, memory: memory,
                size: encryptedSize)
        else { throw .noMemory(bytes: memory) }
        for index in content.bytes.indices { content.bytes[index] ^= stream.bytes[index] }
        var key = Array(content.bytes.dropLast(checksumSize))
        defer { SecretBytes.wipe(&key) }
        let checksum = Sodium.blake2b(Algorithm.signature.bytes + key, size: checksumSize)
        guard content.bytes.suffix(checksumSize).elementsEqual(checksum) else { throw .wrongPassphrase }
    }

    /// The key that verifies what this one signs.
    public var publicKey: PublicKey {
        // libsodium keeps it behind the seed.
        PublicKey(id: id, key: Array(secret.bytes.suffix(Sodium.publicKeySize)))
    }

    /// Signs bytes, with a comment that is signed too.
    ///
    /// - Throws: ``SigningProblem/badComment``.
    public func sign(_ message: [UInt8], trustedComment: String) throws(SigningProblem) -> Signature {
        try Signature(
            of: message, by: id, UnsafeRawBufferPointer(secret.bytes), trustedComment: trustedComment)
    }
}
