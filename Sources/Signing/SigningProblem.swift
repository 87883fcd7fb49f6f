/// Why something is not signed, or a signature not believed.
public enum SigningProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// A file holds no public key.
    case noPublicKey
    /// A file holds no secret key.
    case noSecretKey
    /// A file holds no signature.
    case noSignature
    /// The passphrase of a secret key is another one.
    case wrongPassphrase
    /// The passphrase cannot be tried.
    case noMemory(bytes: UInt64)
    /// A comment that is to be signed is not one line, or too long.
    case badComment
    /// A signature is by a key that is not known.
    case unknownKey(KeyID)
    /// A signature is not one of these bytes by that key.
    case wrongSignature(KeyID)
    /// A signature's comment is not the one that was signed.
    case wrongComment(KeyID)

    /// The words for a person.
    public var description: String {
        switch self {
        case .noPublicKey: "found no public key, expected a file such as minisign.pub"
        case .noSecretKey: "found no secret key, expected a file such as 'minisign -G' writes"
        case .noSignature: "found no signature, expected what 'minisign -S' writes"
        case .wrongPassphrase: "the passphrase is wrong"
        case .noMemory(let bytes): "the passphrase cannot be tried, which takes \(bytes >> 20) MiB of memory"
        case .badComment:
            "the comment is not one line of at most \(Signature.maximumComment) bytes without control characters"
        case .unknownKey(let id): "it is signed by the key \(id), which is not trusted"
        case .wrongSignature(let id):
            "the signature by the key \(id) is not of these bytes: one of the two was changed"
        case .wrongComment(let id): "the signature's trusted comment is not the one that the key \(id) signed"
        }
    }
}
