/// How often a loop may go round where the verifier follows every round (before `bpf_loop`, Linux 5.17).
///
/// What runs out first is not its 1,000,000 instructions but its list of branches to be followed later: it takes 8,192
/// of them (`BPF_COMPLEXITY_LIMIT_JMP_SEQ`), and each conditional jump of each round is one.
enum LoopBudget {
    /// The branches that one outermost loop may take; the rest is for other loops and for functions that are called.
    private static let branches = 2500.0

    /// The most rounds of a loop.
    ///
    /// - Parameters:
    ///   - branches: The conditional jumps of a round, with those of all rounds of the loops in it.
    ///   - depth: 1 for an outermost loop. An inner loop is followed in every round of the outer ones, so that each
    ///     level takes a root of the whole.
    /// - Returns: At least 2.
    static func rounds(branches: Int, depth: Int) -> Int {
        var share = Self.branches
        for _ in 1..<depth { share = share.squareRoot() }
        return Int(max(share / Double(max(branches, 1)), 2))
    }
}
