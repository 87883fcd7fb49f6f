/// A key that signatures are verified by, as minisign writes it: a comment, then one line in base 64.
public struct PublicKey: Sendable, Hashable {
    /// What tells it from others.
    public let id: KeyID
    let key: [UInt8]

    init(id: KeyID, key: [UInt8]) {
        self.id = id
        self.key = key
    }

    /// Reads the one line, `RW…`; nil where it is none.
    public init?(line: some StringProtocol) {
        guard let bytes = Sodium.bytes(base64: line.utf8),
            bytes.count == Algorithm.size + KeyID.size + Sodium.publicKeySize,
            Algorithm(bytes[..<Algorithm.size]) == .signature
        else { return nil }
        id = KeyID(bytes[Algorithm.size...].prefix(KeyID.size))
        key = Array(bytes.suffix(Sodium.publicKeySize))
    }

    /// Reads a key's file, such as `minisign.pub`.
    ///
    /// - Throws: ``SigningProblem/noPublicKey`` where it does not hold one key.
    public init(file bytes: [UInt8]) throws(SigningProblem) {
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).filter {
            !$0.hasPrefix(SignatureText.untrustedComment)
        }
        guard lines.count == 1, let key = PublicKey(line: lines[0]) else { throw .noPublicKey }
        self = key
    }

    /// The one line.
    public var line: String { Sodium.base64(Algorithm.signature.bytes + id.bytes + key) }
}
