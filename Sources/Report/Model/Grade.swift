/// How far a summary can be trusted.
public enum Grade: String, Sendable, CaseIterable {
    /// Nothing was lost and the run ended as planned: what is not shown did not happen while it traced.
    case complete
    /// What is shown happened, but there may be more or parts of it are missing.
    case degraded
    /// Nothing can be concluded, not even that nothing happened.
    case inconclusive
}

/// A grade and what it rests on.
public struct Verdict: Sendable, Equatable {
    /// A fact that a grade rests on.
    public enum Reason: Sendable, Equatable {
        /// The run did not end as planned.
        case ended(RunEnd)
        /// Something was lost.
        case lost(Loss)
        /// No record was found.
        case nothingRecorded
        /// The target does what the recipe follows in a way that the recipe does not see; why, in words.
        case doubted(String)
    }

    /// The grade.
    public var grade: Grade
    /// What speaks against `complete`; where it is complete at most that nothing was recorded.
    public var reasons: [Reason]

    /// Grades a run.
    ///
    /// 1. A run that never traced is inconclusive.
    /// 2. Without a record it is inconclusive if a loss may have hidden records or the run did not demonstrably
    ///    end as planned (by its timeout, or by itself), and otherwise complete: nothing happened.
    /// 3. With records it is degraded if anything was lost or the run was ended early, and otherwise complete. A
    ///    saved output does not tell how its run ended; its records count as they stand.
    ///
    /// 4. What the recipe cannot see of its target (`doubts`) makes it inconclusive, whatever was found.
    ///
    /// Lines that match no record are no loss.
    public static func of(
        end: RunEnd, recordCount: Int, losses: [Loss], doubts: [String] = []
    ) -> Verdict {
        var verdict = of(end: end, recordCount: recordCount, losses: losses)
        guard !doubts.isEmpty else { return verdict }
        verdict.grade = .inconclusive
        verdict.reasons = doubts.map { .doubted($0) } + verdict.reasons
        return verdict
    }

    private static func of(end: RunEnd, recordCount: Int, losses: [Loss]) -> Verdict {
        var reasons: [Reason] = []
        switch end {
        case .timeout, .exited, .commandFailed: break
        case .unknown: if recordCount == 0 { reasons.append(.ended(end)) }
        case .notStarted: return Verdict(grade: .inconclusive, reasons: [.ended(end)])
        case .interrupted, .limit, .guarded, .deadline, .failed: reasons.append(.ended(end))
        }
        for loss in losses where loss.count > 0 {
            switch loss.kind.effect {
            case .hidesRecords: reasons.append(.lost(loss))
            case .impairsRecords: if recordCount > 0 { reasons.append(.lost(loss)) }
            case .explainsNone: if recordCount == 0 { reasons.append(.lost(loss)) }
            case .none: break
            }
        }
        guard recordCount == 0 else {
            return Verdict(grade: reasons.isEmpty ? .complete : .degraded, reasons: reasons)
        }
        return Verdict(
            grade: reasons.isEmpty ? .complete : .inconclusive, reasons: [.nothingRecorded] + reasons)
    }
}
