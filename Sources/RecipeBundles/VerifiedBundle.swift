public import RecipeModel
public import Signing

/// A recipe bundle whose signature was verified; there is no other way to what is in it.
public struct VerifiedBundle: Sendable {
    /// The most bytes of a bundle's file.
    public static let maximumSize = BundleArchive.maximumSize

    /// A file in it and what its manifest says of it.
    public struct Entry: Sendable, Equatable {
        /// Its path in the bundle.
        public var path: String
        /// The SHA-256 digest of its content, in hexadecimal.
        public var sha256: String
    }

    /// The key that signed it.
    public let key: PublicKey
    /// The comment that was signed with it; one line of whatever its signer wrote.
    public let comment: String
    /// Its files, sorted by path.
    public let entries: [Entry]
    /// Its content.
    public let files: BundledFiles

    /// Verifies the bytes of a bundle by the file of its signature, and only then reads them.
    ///
    /// - Throws: What is wrong with the signature, or with what was signed.
    public init(_ bytes: [UInt8], signature: [UInt8], keys: [PublicKey]) throws(RecipeBundleProblem) {
        do throws(SigningProblem) {
            let signature = try Signature(file: signature)
            key = try signature.verify(bytes, by: keys)
            comment = String(decoding: signature.trustedComment, as: UTF8.self)
        } catch {
            throw .signature(error)
        }
        let archive = try BundleArchive(reading: bytes)
        entries = archive.manifest.files.map { Entry(path: $0.path, sha256: $0.sha256) }
        files = archive.files
    }
}
