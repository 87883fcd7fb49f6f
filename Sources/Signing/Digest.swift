/// A digest that names a file's content.
public enum Digest {
    /// The SHA-256 digest in lower-case hexadecimal, as sha256sum(1) prints it.
    public static func sha256(_ bytes: [UInt8]) -> String {
        Sodium.sha256(bytes).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
