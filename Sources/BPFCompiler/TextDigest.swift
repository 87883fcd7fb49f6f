/// What stands for a text in the key of a map: 128 bits that the same bytes always give, and others hardly ever.
///
/// The keys are drawn for each run, so that a traced program cannot make two texts that meet. The kernel's part is
/// ``SharedFunction/digest``, which computes the same.
public enum TextDigest {
    static let firstFactor: UInt64 = 0x9E37_79B9_7F4A_7C15
    static let secondFactor: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    static let firstShift: UInt64 = 32
    static let secondShift: UInt64 = 29

    /// The two halves.
    public static func digest(of bytes: some Collection<UInt8>, keys: (UInt64, UInt64)) -> (UInt64, UInt64) {
        var (first, second) = keys
        func take(_ word: UInt64) {
            first = (first ^ word) &* firstFactor
            first ^= first >> firstShift
            second = (second &+ word) &* secondFactor
            second ^= second >> secondShift
        }
        var word: UInt64 = 0
        var count: UInt64 = 0
        for byte in bytes {
            word |= UInt64(byte) << (count * 8)
            count += 1
            if count == 8 {
                take(word)
                word = 0
                count = 0
            }
        }
        // The last bytes stand at the word's upper end.
        if count > 0 { take(word << ((8 - count) * 8)) }
        return (first, second)
    }
}
