/// The two letters by which minisign's files say how something was made.
enum Algorithm: String {
    static let size = 2

    /// A key; a signature of a file itself, as older versions of minisign make it.
    case signature = "Ed"
    /// A signature of a file's BLAKE2b digest of 64 bytes.
    case prehashedSignature = "ED"
    /// A secret key that a passphrase encrypts, by scrypt.
    case scrypt = "Sc"
    /// A secret key that nothing encrypts.
    case none = "\0\0"
    /// A BLAKE2b digest of 32 bytes.
    case checksum = "B2"

    init?(_ bytes: some Collection<UInt8>) { self.init(rawValue: String(decoding: bytes, as: UTF8.self)) }

    var bytes: [UInt8] { Array(rawValue.utf8) }
}
