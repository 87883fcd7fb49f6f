/// A hash that stays the same from run to run, unlike Swift's: FNV-1a of 64 bits.
enum StableHash {
    /// The hash of a text's UTF-8.
    static func of(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    /// The same as 16 hexadecimal digits.
    static func digits(of text: String) -> String {
        let digits = String(of(text), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
