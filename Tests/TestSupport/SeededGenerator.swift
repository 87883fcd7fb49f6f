import Foundation

/// Random numbers that a seed decides (SplitMix64).
///
/// A test that fails prints ``seed``; `TAPRECIPE_SEED=SEED swift test --filter TEST` then does the same again.
public struct SeededGenerator: RandomNumberGenerator {
    /// What all its numbers follow from.
    public let seed: UInt64
    private var state: UInt64

    /// Creates a generator; without a seed, from the environment's or from a fresh one.
    public init(seed: UInt64? = nil) {
        let given = ProcessInfo.processInfo.environment["TAPRECIPE_SEED"].flatMap { UInt64($0) }
        self.seed = seed ?? given ?? UInt64.random(in: 0 ... .max)
        state = self.seed
    }

    /// The next number.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// How often a random test goes round: `rounds`, or as many as `TAPRECIPE_ROUNDS` asks for.
    public static func rounds(_ rounds: Int) -> Int {
        ProcessInfo.processInfo.environment["TAPRECIPE_ROUNDS"].flatMap { Int($0) } ?? rounds
    }
}
