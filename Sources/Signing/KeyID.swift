/// What tells keys apart: eight random bytes, which a key and every signature by it hold.
///
/// It proves nothing: it only says which key to try.
public struct KeyID: Sendable, Hashable, CustomStringConvertible {
    static let size = 8
    let value: UInt64

    /// Reads eight bytes, the least first.
    init(_ bytes: some Collection<UInt8>) {
        value = bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The bytes, the least first.
    var bytes: [UInt8] {
        stride(from: 0, to: 64, by: 8).map { UInt8(truncatingIfNeeded: value >> UInt64($0)) }
    }

    /// Sixteen hexadecimal digits, as minisign writes them into the comments of keys.
    public var description: String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
