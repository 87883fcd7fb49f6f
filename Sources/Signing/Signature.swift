/// A signature of a file, as minisign writes it beside that (`FILE.minisig`).
///
/// It is a signature of the file, or of its digest, and one of the first signature with the trusted comment behind it.
/// The untrusted comment is signed by nobody.
public struct Signature: Sendable, Equatable {
    /// The most bytes of a file that is read.
    public static let maximumSize = SignatureText.maximumSize
    /// The most bytes of a trusted comment.
    public static let maximumComment = 4096
    /// What a signature's file is called, behind its file's name.
    public static let suffix = ".minisig"

    /// The key that it says to be by.
    public let keyID: KeyID
    /// The signed comment, undecoded: one line.
    public let trustedComment: [UInt8]
    let algorithm: Algorithm
    let signature: [UInt8]
    let commentSignature: [UInt8]
    private let untrustedComment: [UInt8]

    /// Reads a signature's file; nothing in it is verified by that.
    ///
    /// - Throws: ``SigningProblem/noSignature`` for anything else.
    public init(file bytes: [UInt8]) throws(SigningProblem) {
        guard let lines = SignatureText.lines(bytes), let blob = Sodium.bytes(base64: lines.signature),
            blob.count == Algorithm.size + KeyID.size + Sodium.signatureSize,
            let algorithm = Algorithm(blob[..<Algorithm.size]),
            algorithm == .signature || algorithm == .prehashedSignature,
            let commentSignature = Sodium.bytes(base64: lines.commentSignature),
            commentSignature.count == Sodium.signatureSize
        else { throw .noSignature }
        keyID = KeyID(blob[Algorithm.size...].prefix(KeyID.size))
        trustedComment = Array(lines.trusted)
        untrustedComment = Array(lines.untrusted)
        self.algorithm = algorithm
        signature = Array(blob.suffix(Sodium.signatureSize))
        self.commentSignature = commentSignature
    }

    /// Signs bytes: their digest, as minisign does by default.
    ///
    /// - Throws: ``SigningProblem/badComment`` where the comment is not one line that minisign reads.
    init(
        of message: [UInt8], by id: KeyID, _ secret: UnsafeRawBufferPointer, trustedComment: String
    ) throws(SigningProblem) {
        guard SignatureText.isComment(trustedComment, atMost: Self.maximumComment) else { throw .badComment }
        keyID = id
        algorithm = .prehashedSignature
        self.trustedComment = Array(trustedComment.utf8)
        untrustedComment = Array("signature from taprecipe secret key".utf8)
        signature = Sodium.signature(of: algorithm.signed(message), by: secret)
        commentSignature = Sodium.signature(of: signature + self.trustedComment, by: secret)
    }

    /// The file's bytes.
    public var file: [UInt8] {
        Array(SignatureText.untrustedComment.utf8) + untrustedComment
            + Array("\n\(Sodium.base64(algorithm.bytes + keyID.bytes + signature))\n".utf8)
            + Array(SignatureText.trustedComment.utf8) + trustedComment
            + Array("\n\(Sodium.base64(commentSignature))\n".utf8)
    }

    /// Verifies that the owner of one of the keys signed these bytes, and the trusted comment.
    ///
    /// - Returns: The key.
    /// - Throws: What is wrong; several keys of one id are all tried.
    public func verify(_ message: [UInt8], by keys: [PublicKey]) throws(SigningProblem) -> PublicKey {
        let candidates = keys.filter { $0.id == keyID }
        guard !candidates.isEmpty else { throw .unknownKey(keyID) }
        let signed = algorithm.signed(message)
        guard let key = candidates.first(where: { Sodium.isValid(signature, of: signed, by: $0.key) }) else {
            throw .wrongSignature(keyID)
        }
        guard Sodium.isValid(commentSignature, of: signature + trustedComment, by: key.key) else {
            throw .wrongComment(keyID)
        }
        return key
    }
}

extension Algorithm {
    /// What of a file is signed.
    fileprivate func signed(_ message: [UInt8]) -> [UInt8] {
        self == .prehashedSignature ? Sodium.blake2b(message, size: 64) : message
    }
}
